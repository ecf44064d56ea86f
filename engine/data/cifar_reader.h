#pragma once

#include <cstddef>
#include <filesystem>
#include <vector>

#include "engine/data/dataset.h"

namespace zipml {

inline constexpr std::size_t kCifarBatches = 5, kCifarRecords = 10000, kCifarPixels = 3072;

/// CIFAR-10's images: pixels 0 to 255 in the order red, green, blue plane; labels 0 to 9.
struct CifarImages {
  Split train, test;
  /// Records that a file NOT_EXACT.tsv beside the batches lists as lossy copies of the original images.
  std::size_t inexact = 0;
};

/// How much of the set is wanted, and the records of one batch (tests have smaller ones).
struct CifarRows {
  std::size_t train = kCifarBatches * kCifarRecords, test = kCifarRecords;
  std::size_t records = kCifarRecords;
};

/// Reads the binary version from its tar archive, packed or not. Every batch must be there in full, wherever
/// in the archive; InputError names the archive and the batch where one is missing, has a wrong size or a
/// wrong label, and where the archive is damaged.
CifarImages read_cifar_archive(const std::filesystem::path& archive, const CifarRows& rows = {});

/// The same from the unpacked files data_batch_1.bin .. data_batch_5.bin, test_batch.bin, in this order.
CifarImages read_cifar_batches(const std::vector<std::filesystem::path>& batches, const CifarRows& rows = {});

}  // namespace zipml
