#include "engine/data/line_reader.h"

#include <cstring>

#include "engine/core/error.h"

namespace zipml {
namespace {
constexpr std::size_t kBlock = std::size_t{1} << 20;
// Far above what kMaxFeatures numbers need. A packed file of a few kilobytes can hold a line of any length.
constexpr std::size_t kLongestLine = std::size_t{1} << 28;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
}  // namespace

LineReader::LineReader(const std::filesystem::path& path) : source_(path), buffer_(kBlock) {}

std::string LineReader::place() const { return path().string() + ":" + std::to_string(line_number_); }

bool LineReader::fill() {
  if (at_end_) return false;
  const std::size_t kept = end_ - begin_;
  std::memmove(buffer_.data(), buffer_.data() + begin_, kept);
  if (kept == buffer_.size()) {
    if (kept >= kLongestLine) {
      throw InputError(path().string() + ":" + std::to_string(line_number_ + 1) + ": a line of more than " +
                       std::to_string(kLongestLine) + " bytes; allowed are text files with shorter ones");
    }
    buffer_.resize(2 * buffer_.size());
  }
  const std::size_t room = buffer_.size() - kept;
  const std::size_t got = source_.read({buffer_.data() + kept, room});
  begin_ = 0;
  end_ = kept + got;
  at_end_ = got < room;
  return true;
}

bool LineReader::next(std::string_view& line) {
  std::size_t searched = 0;
  for (;;) {
    const char* start = buffer_.data() + begin_;
    const std::size_t left = end_ - begin_;
    const void* found = left > searched ? std::memchr(start + searched, '\n', left - searched) : nullptr;
    if (found == nullptr) {
      searched = left;
      if (fill()) continue;
      if (left == 0) return false;
    }
    std::size_t length =
        found != nullptr ? static_cast<std::size_t>(static_cast<const char*>(found) - start) : left;
    begin_ += length + (found != nullptr ? 1 : 0);
    if (length > 0 && start[length - 1] == '\r') --length;
    line = {start, length};
    ++line_number_;
    if (line_number_ == 1 && line.starts_with(kByteOrderMark)) line.remove_prefix(kByteOrderMark.size());
    return true;
  }
}

}  // namespace zipml
