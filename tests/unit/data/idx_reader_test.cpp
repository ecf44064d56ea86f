#include "engine/data/idx_reader.h"

#include <catch2/catch.hpp>

#include "tests/unit/data/data_files.h"

using namespace zipml;
using namespace zipml::test;

TEST_CASE("idx: unsigned bytes, packed or not, whole or the first items", "[data]") {
  const DataFolder folder;
  const std::string bytes = idx_bytes({3, 2}, "\x01\x02\x03\x04\x05\xFF");
  for (const auto& path : {folder.write("plain", bytes), folder.write("packed", gzipped(bytes))}) {
    const IdxArray array = read_idx(path);
    CHECK(array.shape == std::vector<std::size_t>{3, 2});
    CHECK(array.values == std::vector<float>{1, 2, 3, 4, 5, 255});
    CHECK(read_idx(path, 2).values == std::vector<float>{1, 2, 3, 4});
    CHECK(read_idx(path, 9).shape == std::vector<std::size_t>{3, 2});
  }
}

TEST_CASE("idx: every element type", "[data]") {
  const DataFolder folder;
  const auto value = [&](char type, const std::string& bytes) {
    const std::string head = {'\0', '\0', type, '\x01', '\0', '\0', '\0', '\x01'};
    return read_idx(folder.write("f", head + bytes)).values.at(0);
  };
  CHECK(value(0x08, "\xFE") == 254);
  CHECK(value(0x09, "\xFE") == -2);
  CHECK(value(0x0B, "\xFF\x01") == -255);
  CHECK(value(0x0C, std::string("\x00\x01\x00\x02", 4)) == 65538);
  CHECK(value(0x0D, std::string("\xC0\x20\x00\x00", 4)) == -2.5f);
  CHECK(value(0x0E, std::string("\x40\x09\x00\x00\x00\x00\x00\x00", 8)) == 3.125f);
  CHECK(error_of([&] { value(0x0D, std::string("\x7F\xC0\x00\x00", 4)); }) ==
        (folder.path() / "f").string() + ": element 0 is not finite; only finite numbers are allowed");
}

TEST_CASE("idx: wrong headers and lengths are refused", "[data]") {
  const DataFolder folder;
  const auto error = [&](const std::string& bytes) {
    const auto path = folder.write("f", bytes);
    return error_of([&] { read_idx(path); }).substr(path.string().size());
  };
  const std::string not_idx = ": is not an idx file (its first four bytes must be 0, 0, a type and a rank)";
  const std::string truncated = ": ends before what its header announces (truncated)";
  CHECK(error("hello world") == not_idx);
  CHECK(error(std::string("\0\0\x07\x01", 4)) == not_idx);
  CHECK(error(std::string("\0\0\x08\0", 4)) == not_idx);
  CHECK(error("") == truncated);
  CHECK(error(idx_bytes({3}, "ab")) == truncated);
  CHECK(error(idx_bytes({1000000, 1000}, "ab")) == truncated);
  CHECK(error(idx_bytes({2}, "abc")) == ": has bytes after the end that its header announces");
  CHECK(error(idx_bytes({0xFFFFFFFF, 0xFFFFFFFF}, "ab")) == ": announces more elements than can be read");
}
