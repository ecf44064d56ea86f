#pragma once

#include <cstddef>
#include <cstdio>
#include <string>

#include "engine/data/cifar_reader.h"

namespace zipml::test {

/// One header of a tar archive, with its checksum.
inline std::string tar_header(const std::string& name, std::size_t size, char type = '0') {
  std::string header(512, '\0');
  header.replace(0, name.size(), name);
  char number[13];
  std::snprintf(number, sizeof number, "%011zo", size);
  header.replace(124, 11, number);
  header[156] = type;
  header.replace(257, 5, "ustar");
  header.replace(148, 8, 8, ' ');
  unsigned sum = 0;
  for (const char c : header) sum += static_cast<unsigned char>(c);
  std::snprintf(number, sizeof number, "%06o", sum);
  header.replace(148, 7, std::string(number, 7));
  return header;
}

/// A member of a tar archive, padded to whole blocks.
inline std::string tar_member(const std::string& name, const std::string& content, char type = '0') {
  return tar_header(name, content.size(), type) + content +
         std::string((512 - content.size() % 512) % 512, '\0');
}

/// A batch of CIFAR-10 whose pixels count up from `first`, labels 0, 1, ...
inline std::string cifar_batch(std::size_t records, std::size_t first) {
  std::string bytes;
  for (std::size_t r = 0; r < records; ++r) {
    bytes += static_cast<char>((first + r) % 10);
    for (std::size_t p = 0; p < kCifarPixels; ++p) bytes += static_cast<char>((first + r + p) % 256);
  }
  return bytes;
}

/// A whole archive; batch b begins with number 10 b, the test batch with 50.
inline std::string cifar_tar(std::size_t records) {
  std::string tar = tar_header("cifar-10-batches-bin/", 0, '5');
  for (std::size_t b = 0; b < kCifarBatches; ++b) {
    tar += tar_member("cifar-10-batches-bin/data_batch_" + std::to_string(b + 1) + ".bin",
                      cifar_batch(records, 10 * b));
  }
  return tar + tar_member("cifar-10-batches-bin/test_batch.bin", cifar_batch(records, 50)) +
         std::string(1024, '\0');
}

}  // namespace zipml::test
