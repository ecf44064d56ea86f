#include "engine/data/byte_source.h"

#include <catch2/catch.hpp>

#include "engine/data/line_reader.h"
#include "tests/unit/data/data_files.h"

using namespace zipml;
using namespace zipml::test;

namespace {

std::string read_all(const std::filesystem::path& path, std::size_t piece = 1000) {
  ByteSource source(path);
  std::string text, buffer(piece, '\0');
  while (const std::size_t got = source.read(buffer)) {
    text.append(buffer, 0, got);
    if (got < piece) break;
  }
  return text;
}

/// Larger than the reader's buffer when packed, so that packed data come in several pieces.
std::string long_text() {
  std::string text;
  std::uint32_t state = 12345;
  while (text.size() < 900000) {
    state = state * 1664525u + 1013904223u;
    text += std::to_string(state);
    text += state % 7 == 0 ? '\n' : ' ';
  }
  return text;
}

}  // namespace

TEST_CASE("every packing is told by content and unpacked", "[data]") {
  const DataFolder folder;
  const std::string text = long_text();
  CHECK(read_all(folder.write("a.xz", text)) == text);
  CHECK(read_all(folder.write("a.txt", gzipped(text)), 77777) == text);
  CHECK(read_all(folder.write("b.gz", bzipped(text)), 1 << 20) == text);
  CHECK(read_all(folder.write("c", xzed(text)), 4096) == text);
  CHECK(ByteSource(folder.path() / "a.txt").packing() == "gzip");
  CHECK(ByteSource(folder.path() / "b.gz").packing() == "bzip2");
  CHECK(ByteSource(folder.path() / "c").packing() == "xz");
  CHECK(ByteSource(folder.path() / "a.xz").packing() == "plain");
}

TEST_CASE("concatenated members read as one file", "[data]") {
  const DataFolder folder;
  CHECK(read_all(folder.write("g", gzipped("one ") + gzipped("two"))) == "one two");
  CHECK(read_all(folder.write("z", gzipped("one ") + gzipped("two") + std::string(512, '\0'))) == "one two");
  CHECK(read_all(folder.write("b", bzipped("one ") + bzipped("two"))) == "one two");
  CHECK(read_all(folder.write("x", xzed("one ") + xzed("two"))) == "one two");
}

TEST_CASE("empty files and empty members are empty", "[data]") {
  const DataFolder folder;
  CHECK(read_all(folder.write("plain", "")).empty());
  CHECK(read_all(folder.write("g", gzipped(""))).empty());
  CHECK(read_all(folder.write("b", bzipped(""))).empty());
  CHECK(read_all(folder.write("x", xzed(""))).empty());
}

TEST_CASE("truncated and damaged packed files are refused by name", "[data]") {
  const DataFolder folder;
  const std::string text = long_text();
  const std::pair<const char*, std::string> packed[] = {
      {"gzip", gzipped(text)}, {"bzip2", bzipped(text)}, {"xz", xzed(text)}};
  for (const auto& [name, bytes] : packed) {
    INFO(name);
    const auto cut = folder.write("cut", bytes.substr(0, bytes.size() / 2));
    CHECK(error_of([&] { read_all(cut); }) ==
          cut.string() + ": the " + name + " data stop in the middle: the file is truncated");
    std::string flipped = bytes;
    flipped[bytes.size() / 2] = static_cast<char>(flipped[bytes.size() / 2] ^ 0x55);
    const auto damaged = folder.write("damaged", flipped);
    CHECK(error_of([&] { read_all(damaged); }) == damaged.string() + ": the " + name + " data are damaged");
  }
  const auto garbage = folder.write("garbage", gzipped("one") + "no gzip");
  CHECK(error_of([&] { read_all(garbage); }) == garbage.string() + ": the gzip data are damaged");
}

TEST_CASE("missing files and directories are named", "[data]") {
  const DataFolder folder;
  const auto missing = folder.path() / "missing";
  CHECK(error_of([&] { ByteSource source(missing); }) ==
        missing.string() + ": cannot be opened: No such file or directory");
  CHECK(error_of([&] { ByteSource source(folder.path()); }) ==
        folder.path().string() + ": is a directory, a file is needed");
}

TEST_CASE("lines end with LF, CRLF or the file, and may be longer than a block", "[data]") {
  const DataFolder folder;
  const std::string longest(3 << 20, 'x');
  LineReader lines(folder.write("f", "\xEF\xBB\xBFone\r\n\ntwo\n" + longest + "\nlast"));
  std::vector<std::string> found;
  for (std::string_view line; lines.next(line);) found.emplace_back(line);
  REQUIRE(found == std::vector<std::string>{"one", "", "two", longest, "last"});
  CHECK(lines.place() == (folder.path() / "f").string() + ":5");
}
