#include "engine/data/byte_source.h"

#include <bzlib.h>
#include <fcntl.h>
#include <lzma.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <new>
#include <string>
#include <vector>

#include "engine/core/error.h"

namespace zipml {
namespace {

/// Packed bytes as they come from the disk, with a small window to look ahead.
class RawFile {
 public:
  explicit RawFile(const std::filesystem::path& path) : path_(path), buffer_(std::size_t{1} << 18) {
    descriptor_ = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor_ < 0) throw InputError(path.string() + ": cannot be opened: " + std::strerror(errno));
    struct stat status {};
    if (::fstat(descriptor_, &status) == 0 && S_ISDIR(status.st_mode)) {
      ::close(descriptor_);
      throw InputError(path.string() + ": is a directory, a file is needed");
    }
  }
  ~RawFile() { ::close(descriptor_); }
  RawFile(const RawFile&) = delete;
  RawFile& operator=(const RawFile&) = delete;

  /// Unread bytes; reads on when there are none. Empty at the end of the file.
  std::span<char> window() {
    if (begin_ == end_) {
      begin_ = 0;
      end_ = read_some(buffer_);
    }
    return {buffer_.data() + begin_, end_ - begin_};
  }
  void consume(std::size_t bytes) { begin_ += bytes; }

  const std::filesystem::path& path() const { return path_; }

 private:
  std::size_t read_some(std::span<char> out) {
    std::size_t got = 0;
    while (got < out.size()) {
      const ssize_t bytes = ::read(descriptor_, out.data() + got, out.size() - got);
      if (bytes < 0 && errno == EINTR) continue;
      if (bytes < 0) throw IoError(path_.string() + ": cannot be read: " + std::strerror(errno));
      if (bytes == 0) break;
      got += static_cast<std::size_t>(bytes);
    }
    return got;
  }

  std::filesystem::path path_;
  std::vector<char> buffer_;
  std::size_t begin_ = 0, end_ = 0;
  int descriptor_ = -1;
};

class Decoder {
 public:
  explicit Decoder(RawFile& file) : file_(file) {}
  virtual ~Decoder() = default;
  /// At least one byte of output, or 0 at the end of the data.
  virtual std::size_t decode(std::span<char> out) = 0;
  virtual std::string_view packing() const = 0;

 protected:
  [[noreturn]] void truncated() const {
    throw InputError(file_.path().string() + ": the " + std::string(packing()) +
                     " data stop in the middle: the file is truncated");
  }
  [[noreturn]] void damaged() const {
    throw InputError(file_.path().string() + ": the " + std::string(packing()) + " data are damaged");
  }
  RawFile& file_;
};

class PlainDecoder final : public Decoder {
 public:
  using Decoder::Decoder;
  std::string_view packing() const override { return "plain"; }
  std::size_t decode(std::span<char> out) override {
    const std::span<char> window = file_.window();
    const std::size_t count = std::min(out.size(), window.size());
    std::memcpy(out.data(), window.data(), count);
    file_.consume(count);
    return count;
  }
};

class GzipDecoder final : public Decoder {
 public:
  explicit GzipDecoder(RawFile& file) : Decoder(file) {
    constexpr int kGzipWithLargestWindow = 15 + 16;
    if (inflateInit2(&stream_, kGzipWithLargestWindow) != Z_OK) throw std::bad_alloc();
  }
  ~GzipDecoder() override { inflateEnd(&stream_); }
  std::string_view packing() const override { return "gzip"; }

  std::size_t decode(std::span<char> out) override {
    for (;;) {
      const std::span<char> window = file_.window();
      if (window.empty()) {
        if (!between_members_) truncated();
        return 0;
      }
      if (between_members_) {
        // Tape blocks are padded with zeros after the last member.
        if (seen_member_ && window[0] == 0) {
          file_.consume(1);
          continue;
        }
        inflateReset(&stream_);
        between_members_ = false;
      }
      stream_.next_in = reinterpret_cast<Bytef*>(window.data());
      stream_.avail_in = static_cast<uInt>(window.size());
      stream_.next_out = reinterpret_cast<Bytef*>(out.data());
      stream_.avail_out = static_cast<uInt>(out.size());
      const int status = inflate(&stream_, Z_NO_FLUSH);
      file_.consume(window.size() - stream_.avail_in);
      if (status == Z_MEM_ERROR) throw std::bad_alloc();
      if (status != Z_OK && status != Z_STREAM_END && status != Z_BUF_ERROR) damaged();
      if (status == Z_STREAM_END) between_members_ = seen_member_ = true;
      if (const std::size_t made = out.size() - stream_.avail_out; made > 0) return made;
    }
  }

 private:
  z_stream stream_{};
  bool between_members_ = true, seen_member_ = false;
};

class Bzip2Decoder final : public Decoder {
 public:
  using Decoder::Decoder;
  ~Bzip2Decoder() override {
    if (open_) BZ2_bzDecompressEnd(&stream_);
  }
  std::string_view packing() const override { return "bzip2"; }

  std::size_t decode(std::span<char> out) override {
    for (;;) {
      const std::span<char> window = file_.window();
      if (window.empty()) {
        if (open_) truncated();
        return 0;
      }
      if (!open_) {
        stream_ = {};
        if (BZ2_bzDecompressInit(&stream_, 0, 0) != BZ_OK) throw std::bad_alloc();
        open_ = true;
      }
      stream_.next_in = window.data();
      stream_.avail_in = static_cast<unsigned>(window.size());
      stream_.next_out = out.data();
      stream_.avail_out = static_cast<unsigned>(out.size());
      const int status = BZ2_bzDecompress(&stream_);
      file_.consume(window.size() - stream_.avail_in);
      if (status == BZ_MEM_ERROR) throw std::bad_alloc();
      if (status != BZ_OK && status != BZ_STREAM_END) damaged();
      const std::size_t made = out.size() - stream_.avail_out;
      if (status == BZ_STREAM_END) {
        BZ2_bzDecompressEnd(&stream_);
        open_ = false;
      }
      if (made > 0) return made;
    }
  }

 private:
  bz_stream stream_{};
  bool open_ = false;
};

class XzDecoder final : public Decoder {
 public:
  explicit XzDecoder(RawFile& file) : Decoder(file) {
    constexpr std::uint64_t kMemoryLimit = std::uint64_t{1} << 30;  // xz -9 needs 65 MiB
    if (lzma_stream_decoder(&stream_, kMemoryLimit, LZMA_CONCATENATED) != LZMA_OK) throw std::bad_alloc();
  }
  ~XzDecoder() override { lzma_end(&stream_); }
  std::string_view packing() const override { return "xz"; }

  std::size_t decode(std::span<char> out) override {
    while (!finished_) {
      const std::span<char> window = file_.window();
      stream_.next_in = reinterpret_cast<const std::uint8_t*>(window.data());
      stream_.avail_in = window.size();
      stream_.next_out = reinterpret_cast<std::uint8_t*>(out.data());
      stream_.avail_out = out.size();
      const lzma_ret status = lzma_code(&stream_, window.empty() ? LZMA_FINISH : LZMA_RUN);
      file_.consume(window.size() - stream_.avail_in);
      if (status == LZMA_STREAM_END) {
        finished_ = true;
      } else if (status == LZMA_BUF_ERROR) {
        truncated();
      } else if (status == LZMA_MEM_ERROR) {
        throw std::bad_alloc();
      } else if (status != LZMA_OK) {
        damaged();
      }
      if (const std::size_t made = out.size() - stream_.avail_out; made > 0) return made;
    }
    return 0;
  }

 private:
  lzma_stream stream_ = LZMA_STREAM_INIT;
  bool finished_ = false;
};

bool begins_with(std::span<const char> bytes, std::string_view magic) {
  return bytes.size() >= magic.size() && std::string_view(bytes.data(), magic.size()) == magic;
}

std::unique_ptr<Decoder> make_decoder(RawFile& file) {
  const std::span<const char> head = file.window();
  if (begins_with(head, "\x1f\x8b")) return std::make_unique<GzipDecoder>(file);
  if (begins_with(head, std::string_view("\xfd"
                                         "7zXZ\0",
                                         6))) {
    return std::make_unique<XzDecoder>(file);
  }
  // After "BZh" and the block size comes the mark of a block or of the end, both of which no text begins
  // with.
  if (begins_with(head, "BZh") && head.size() > 4 && head[3] >= '1' && head[3] <= '9' &&
      (head[4] == '\x31' || head[4] == '\x17')) {
    return std::make_unique<Bzip2Decoder>(file);
  }
  return std::make_unique<PlainDecoder>(file);
}

}  // namespace

struct ByteSource::State {
  explicit State(const std::filesystem::path& path) : file(path), decoder(make_decoder(file)) {}
  RawFile file;
  std::unique_ptr<Decoder> decoder;
};

ByteSource::ByteSource(const std::filesystem::path& path) : state_(std::make_unique<State>(path)) {}
ByteSource::~ByteSource() = default;
ByteSource::ByteSource(ByteSource&&) noexcept = default;
ByteSource& ByteSource::operator=(ByteSource&&) noexcept = default;

std::size_t ByteSource::read(std::span<char> out) {
  std::size_t got = 0;
  while (got < out.size()) {
    const std::size_t piece = state_->decoder->decode(out.subspan(got));
    if (piece == 0) break;
    got += piece;
  }
  return got;
}

const std::filesystem::path& ByteSource::path() const { return state_->file.path(); }
std::string_view ByteSource::packing() const { return state_->decoder->packing(); }

}  // namespace zipml
