#include "engine/data/cifar_reader.h"

#include <algorithm>
#include <array>
#include <functional>
#include <span>
#include <string>

#include "engine/core/error.h"
#include "engine/data/byte_source.h"
#include "engine/data/tar_reader.h"

namespace zipml {
namespace {

constexpr std::size_t kRecordBytes = kCifarPixels + 1;
constexpr int kLargestLabel = 9;
constexpr std::size_t kFiles = kCifarBatches + 1;  // the last one is the test batch
constexpr std::uint64_t kLargestNote = 1 << 24;
constexpr const char* kNote = "NOT_EXACT.tsv";

std::string batch_name(std::size_t file) {
  return file == kCifarBatches ? "test_batch.bin" : "data_batch_" + std::to_string(file + 1) + ".bin";
}

std::size_t inexact_records(const std::string& note) {
  std::size_t count = 0;
  for (std::size_t at = 0; at < note.size();) {
    const std::size_t end = std::min(note.find('\n', at), note.size());
    if (end > at && note[at] != '#') ++count;
    at = end + 1;
  }
  return count;
}

class Images {
 public:
  explicit Images(const CifarRows& rows) : rows_(rows) {
    images_.train = {Matrix(rows.train, kCifarPixels), std::vector<float>(rows.train)};
    images_.test = {Matrix(rows.test, kCifarPixels), std::vector<float>(rows.test)};
  }

  std::uint64_t batch_bytes() const { return std::uint64_t{rows_.records} * kRecordBytes; }

  std::string size_problem(std::size_t file, std::uint64_t bytes) const {
    return "'" + batch_name(file) + "' has " + std::to_string(bytes) + " bytes; " +
           std::to_string(batch_bytes()) + " are expected (" + std::to_string(rows_.records) +
           " records of a label and " + std::to_string(kCifarPixels) + " pixels)";
  }

  /// Takes the records of a file, one by one; `place` names it in messages.
  void fill(std::size_t file, const std::string& place, const std::function<void(std::span<char>)>& read) {
    Split& split = file == kCifarBatches ? images_.test : images_.train;
    const std::size_t first = file == kCifarBatches ? 0 : file * rows_.records;
    std::array<char, kRecordBytes> record{};
    for (std::size_t r = 0; r < rows_.records; ++r) {
      read(record);
      const int label = static_cast<unsigned char>(record[0]);
      if (label > kLargestLabel) {
        throw InputError(place + ": record " + std::to_string(r) + " has the label " + std::to_string(label) +
                         "; allowed are 0 to " + std::to_string(kLargestLabel));
      }
      if (first + r >= split.labels.size()) continue;
      split.labels[first + r] = static_cast<float>(label);
      const auto row = split.features.row(first + r);
      for (std::size_t p = 0; p < kCifarPixels; ++p)
        row[p] = static_cast<float>(static_cast<unsigned char>(record[p + 1]));
    }
  }

  void note(const std::string& text) { images_.inexact = inexact_records(text); }

  CifarImages take() { return std::move(images_); }

 private:
  CifarRows rows_;
  CifarImages images_;
};

}  // namespace

CifarImages read_cifar_archive(const std::filesystem::path& archive, const CifarRows& rows) {
  ByteSource source(archive);
  TarReader tar(source);
  Images images(rows);
  std::array<bool, kFiles> seen{};
  while (const auto member = tar.next()) {
    const std::string name = member->name.substr(member->name.rfind('/') + 1);
    if (name == kNote) {
      if (member->size > kLargestNote) tar.fail("'" + name + "' is too long");
      std::string text(member->size, '\0');
      tar.read(text);
      images.note(text);
    }
    for (std::size_t file = 0; file < kFiles; ++file) {
      if (name != batch_name(file)) continue;
      if (seen[file]) tar.fail("'" + name + "' is there twice");
      if (member->size != images.batch_bytes()) tar.fail(images.size_problem(file, member->size));
      images.fill(file, archive.string() + ": '" + name + "'", [&](std::span<char> out) { tar.read(out); });
      seen[file] = true;
    }
  }
  for (std::size_t file = 0; file < kFiles; ++file) {
    if (!seen[file]) tar.fail("'" + batch_name(file) + "' is missing in this archive");
  }
  return images.take();
}

CifarImages read_cifar_batches(const std::vector<std::filesystem::path>& batches, const CifarRows& rows) {
  Images images(rows);
  for (std::size_t file = 0; file < kFiles; ++file) {
    const std::string place = batches.at(file).string();
    ByteSource source(batches[file]);
    std::uint64_t total = 0;
    const auto read = [&](std::span<char> out) {
      const std::size_t got = source.read(out);
      total += got;
      if (got != out.size()) throw InputError(place + ": " + images.size_problem(file, total));
    };
    images.fill(file, place, read);
    char extra = 0;
    if (source.read({&extra, 1}) != 0)
      throw InputError(place + ": " + images.size_problem(file, total + 1) + "; it is longer");
  }
  const std::filesystem::path note = batches[0].parent_path() / kNote;
  if (std::filesystem::is_regular_file(note)) {
    ByteSource source(note);
    std::string text(1 << 20, '\0');
    text.resize(source.read(text));
    images.note(text);
  }
  return images.take();
}

}  // namespace zipml
