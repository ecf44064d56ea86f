#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/task.h"
#include "engine/data/dataset.h"

namespace zipml {

/// Names a file may also have when it is packed.
inline constexpr std::string_view kPackedEndings[] = {"", ".bz2", ".gz", ".xz"};

/// One file of a known set. What is not known is empty or 0.
struct KnownFile {
  std::string name;     ///< in the data dir, unpacked; NAME.bz2, NAME.gz and NAME.xz are looked for as well
  std::string address;  ///< where its owners offer it
  std::string fetched_name;  ///< what that address gives: name, perhaps with the ending of a packer
  std::uint64_t bytes = 0;   ///< of the file `sha256` belongs to
  std::string sha256;
  std::string note;  ///< one line for people
  std::size_t rows = 0;
  bool other_copies_are_good = false;  ///< equal values in another number format are known to be about
};

enum class FileFormat { libsvm, csv_label_first, idx, cifar_archive, cifar_batches };

/// A data set that the program knows by name.
struct KnownSet {
  std::string kind;      ///< name in configs and for `zipml data`
  std::string title;     ///< as its owners call it
  std::string stand_in;  ///< kind of its generated stand-in; empty: none
  Task task = Task::regression;
  FileFormat format = FileFormat::libsvm;
  std::size_t features = 0, train_rows = 0, test_rows = 0;
  /// One file: the first rows train, the next test. Two: train, test. idx: images and labels of either part.
  std::vector<KnownFile> files;
  /// Another form in which the same set is offered, looked for if `files` are not all there.
  std::vector<KnownFile> other_files;
  FileFormat other_format = FileFormat::libsvm;
};

const std::vector<KnownSet>& known_sets();
const KnownSet* find_known_set(std::string_view kind);

/// What the record says of a file's bytes.
enum class RecordVerdict {
  equal,
  unknown,     ///< no checksum on record, or the file is packed in another way than the recorded one
  other_copy,  ///< other bytes, but other copies are as good
  different,
};
RecordVerdict compare_with_record(const KnownFile& file, const SourceFile& found);

/// `name` or its packed forms in `folder`, the first that is there.
std::optional<std::filesystem::path> find_packed(const std::filesystem::path& folder,
                                                 const std::string& name);

/// Where a known file is below the data dir, packed or not: there, idx files also in mnist/, batches of
/// CIFAR-10 also in cifar-10-batches-bin/.
std::optional<std::filesystem::path> find_known_file(const KnownFile& file,
                                                     const std::filesystem::path& data_dir);

/// The files of a known set that this data dir has: all of one of its forms, or none.
struct FoundSet {
  FileFormat format = FileFormat::libsvm;
  std::vector<std::filesystem::path> paths;
};
std::optional<FoundSet> find_known_set_files(const KnownSet& set, const std::filesystem::path& data_dir);

}  // namespace zipml
