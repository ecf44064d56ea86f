#include "engine/data/cifar_reader.h"

#include <catch2/catch.hpp>

#include "engine/data/byte_source.h"
#include "engine/data/tar_reader.h"
#include "tests/unit/data/data_files.h"
#include "tests/unit/data/tar_bytes.h"

using namespace zipml;
using namespace zipml::test;

namespace {

constexpr CifarRows kRows{.train = 7, .test = 2, .records = 2};

}  // namespace

TEST_CASE("CIFAR-10 from its archive, packed or not, and from its batches", "[data]") {
  const DataFolder folder;
  const std::string tar = cifar_tar(2);
  std::vector<std::filesystem::path> batches;
  for (std::size_t b = 0; b <= kCifarBatches; ++b)
    batches.push_back(folder.write("b" + std::to_string(b), cifar_batch(2, 10 * b)));
  std::vector<CifarImages> read = {read_cifar_batches(batches, kRows)};
  for (const std::string& bytes : {tar, gzipped(tar), xzed(tar)})
    read.push_back(read_cifar_archive(folder.write("cifar.tar", bytes), kRows));
  for (const CifarImages& images : read) {
    CHECK(images.inexact == 0);
    CHECK(images.train.labels == std::vector<float>{0, 1, 0, 1, 0, 1, 0});
    CHECK(images.test.labels == std::vector<float>{0, 1});
    CHECK(images.train.features(3, 0) == 11.0f);
    CHECK(images.train.features(6, 5) == 35.0f);
    CHECK(images.test.features(1, 3071) == static_cast<float>((51 + 3071) % 256));
  }
}

TEST_CASE("records that are lossy copies are counted", "[data]") {
  const DataFolder folder;
  const std::string note = "# why\n#file\trecord\ndata_batch_1.bin\t4\ntest_batch.bin\t7";
  const auto path = folder.write("cifar.tar", tar_member("x/NOT_EXACT.tsv", note) + cifar_tar(2));
  CHECK(read_cifar_archive(path, kRows).inexact == 2);
}

TEST_CASE("damaged and incomplete CIFAR-10 archives are refused, with the place", "[data]") {
  const DataFolder folder;
  const auto error = [&](const std::string& bytes) {
    const auto path = folder.write("c.tar", bytes);
    const std::string text = error_of([&] { read_cifar_archive(path, kRows); });
    CHECK(text.find(path.string() + ": ") == 0);
    return text.substr(std::min(text.size(), path.string().size() + 2));
  };
  const std::string tar = cifar_tar(2), name = "x/data_batch_3.bin";
  std::string without = tar;
  without[512] = 'X';  // the name in the second header: its checksum is then wrong
  CHECK(error(without).find("damaged tar header") != std::string::npos);
  CHECK(error(tar_member("x/readme", "hello")) == "'data_batch_1.bin' is missing in this archive");
  CHECK(error(tar_member(name, cifar_batch(1, 0))) ==
        "'data_batch_3.bin' has 3073 bytes; 6146 are expected (2 records of a label and 3072 pixels)");
  CHECK(error(tar.substr(0, 9000)) == "ends after 9000 unpacked bytes (truncated tar archive)");
  std::string label = cifar_batch(2, 0);
  label[3073] = '\x0a';
  CHECK(error(tar_member(name, label)) ==
        "'data_batch_3.bin': record 1 has the label 10; allowed are 0 to 9");
  const std::string batch = tar_member(name, cifar_batch(2, 0));
  CHECK(error(batch + batch) == "'data_batch_3.bin' is there twice");
  CHECK(error("not a tar archive") == "ends after 17 unpacked bytes (truncated tar archive)");
  CHECK(error(std::string(600, 'x')).find("damaged tar header at unpacked byte 0") != std::string::npos);
  CHECK_FALSE(error(xzed(tar).substr(0, 200)).empty());
  std::string flipped = gzipped(tar);
  flipped[flipped.size() / 2] = static_cast<char>(flipped[flipped.size() / 2] ^ 0x10);
  CHECK_FALSE(error(flipped).empty());
}

TEST_CASE("batches of a wrong size are refused", "[data]") {
  const DataFolder folder;
  std::vector<std::filesystem::path> batches(kCifarBatches + 1, folder.write("good", cifar_batch(2, 0)));
  batches[2] = folder.write("short", cifar_batch(1, 0));
  CHECK(error_of([&] {
          read_cifar_batches(batches, kRows);
        }).find("short: 'data_batch_3.bin' has 3073 bytes; 6146") != std::string::npos);
  batches[2] = folder.write("long", cifar_batch(2, 0) + "x");
  CHECK(error_of([&] { read_cifar_batches(batches, kRows); }).find("it is longer") != std::string::npos);
}

TEST_CASE("tar: long names, other members, and an end without zeros", "[data]") {
  const DataFolder folder;
  const std::string name(150, 'n');
  const std::string record = "path=" + name + "p\n";
  REQUIRE(record.size() == 157);
  const std::string tar = tar_member("././@LongLink", name + std::string(1, '\0'), 'L') +
                          tar_member("cut", "abc") + tar_member("link", "", '2') +
                          tar_member("pax", "161 " + record, 'x') + tar_member("cut", "defg") +
                          tar_member("plain", "");
  ByteSource source(folder.write("t.tar", tar));
  TarReader reader(source);
  auto member = reader.next();
  REQUIRE(member);
  CHECK(member->name == name);
  CHECK(member->size == 3);
  std::string content(2, ' ');
  reader.read(content);
  CHECK(content == "ab");
  content.resize(2);
  CHECK_THROWS_AS(reader.read(content), InputError);
  member = reader.next();
  REQUIRE(member);
  CHECK(member->name == name + "p");
  member = reader.next();
  REQUIRE(member);
  CHECK(member->name == "plain");
  CHECK_FALSE(reader.next());
}
