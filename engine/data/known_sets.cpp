#include "engine/data/known_sets.h"

namespace zipml {
namespace {

const std::string kLibsvmSite = "https://www.csie.ntu.edu.tw/~cjlin/libsvmtools/datasets/";
const std::string kCifarSite = "https://www.cs.toronto.edu/~kriz/";
const std::string kMnistSite = "http://yann.lecun.com/exdb/mnist/";

KnownFile mnist_file(const std::string& name, std::uint64_t bytes, const std::string& sha256,
                     std::size_t rows) {
  return {name,   kMnistSite + name + ".gz",     name + ".gz", bytes,
          sha256, "checksum of the packed file", rows,         false};
}

KnownSet cadata() {
  return {"cadata",
          "cadata",
          "cadata-like",
          Task::regression,
          FileFormat::libsvm,
          8,
          10000,
          10640,
          {{"cadata", kLibsvmSite + "regression/cadata", "cadata", 1318692,
            "ffefbe2e9f0af268b72f523af41ef6076b59fa842482de0c586f81d3162a4a2a",
            "checksum of a copy made from StatLib's cal_housing.data, equal in every value but not in number "
            "format; the official file has another one and is as good",
            20640, true}},
          {},
          FileFormat::libsvm};
}

KnownSet cpusmall() {
  return {"cpusmall",
          "cpusmall",
          "cpusmall-like",
          Task::regression,
          FileFormat::libsvm,
          12,
          6000,
          2192,
          {{"cpusmall", kLibsvmSite + "regression/cpusmall", "cpusmall", 700335,
            "2b58ea931ae37dfede75e45e15b8f797eee01f229f2c8c66b70f820a55a65eab", "", 8192, false}},
          {},
          FileFormat::libsvm};
}

KnownSet cod_rna() {
  return {"cod-rna",
          "cod-rna",
          "cod-rna-like",
          Task::classification,
          FileFormat::libsvm,
          8,
          59535,
          271617,
          {{"cod-rna", kLibsvmSite + "binary/cod-rna", "cod-rna", 4667176,
            "65b7cc0689fc29bba5db8b50fab0b6446d985f4bf8f6f5dd474f7df8b2f1ab6c", "", 59535, false},
           {"cod-rna.t", kLibsvmSite + "binary/cod-rna.t", "cod-rna.t", 21344555,
            "58cff16df896436b06343df78ccaef37a6979d819abbcadbec3cb16b93938df6", "", 271617, false}},
          {},
          FileFormat::libsvm};
}

KnownSet gisette() {
  return {"gisette",
          "gisette",
          "gisette-like",
          Task::classification,
          FileFormat::libsvm,
          5000,
          6000,
          1000,
          {{"gisette_scale", kLibsvmSite + "binary/gisette_scale.bz2", "gisette_scale.bz2", 0, "",
            "no checksum on record", 6000, false},
           {"gisette_scale.t", kLibsvmSite + "binary/gisette_scale.t.bz2", "gisette_scale.t.bz2", 0, "",
            "no checksum on record", 1000, false}},
          {},
          FileFormat::libsvm};
}

KnownSet year_prediction() {
  return {"year-prediction",
          "YearPredictionMSD",
          "year-like",
          Task::regression,
          FileFormat::libsvm,
          90,
          463715,
          51630,
          {{"YearPredictionMSD", kLibsvmSite + "regression/YearPredictionMSD.bz2", "YearPredictionMSD.bz2", 0,
            "", "no checksum on record", 463715, false},
           {"YearPredictionMSD.t", kLibsvmSite + "regression/YearPredictionMSD.t.bz2",
            "YearPredictionMSD.t.bz2", 0, "", "no checksum on record", 51630, false}},
          {{"YearPredictionMSD.txt",
            "https://archive.ics.uci.edu/ml/machine-learning-databases/00203/YearPredictionMSD.txt.zip",
            "YearPredictionMSD.txt.zip", 448576698, "", "unpack the zip first; no checksum on record", 515345,
            false}},
          FileFormat::csv_label_first};
}

KnownSet mnist() {
  return {"mnist",
          "MNIST",
          "mnist-like",
          Task::multiclass,
          FileFormat::idx,
          784,
          60000,
          10000,
          {mnist_file("train-images-idx3-ubyte", 9912422,
                      "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609", 60000),
           mnist_file("train-labels-idx1-ubyte", 28881,
                      "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c", 60000),
           mnist_file("t10k-images-idx3-ubyte", 1648877,
                      "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6", 10000),
           mnist_file("t10k-labels-idx1-ubyte", 4542,
                      "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6", 10000)},
          {},
          FileFormat::idx};
}

KnownFile cifar_batch(const std::string& name) {
  return {name, kCifarSite + "cifar-10-binary.tar.gz", "cifar-10-binary.tar.gz", 0, "", "unpacked", 10000,
          false};
}

KnownSet cifar10() {
  return {"cifar10",
          "CIFAR-10",
          "cifar10-like",
          Task::multiclass,
          FileFormat::cifar_archive,
          3072,
          50000,
          10000,
          {{"cifar-10-binary.tar", kCifarSite + "cifar-10-binary.tar.gz", "cifar-10-binary.tar.gz", 170052171,
            "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd", "read as it is, packed",
            60000, false}},
          {cifar_batch("data_batch_1.bin"), cifar_batch("data_batch_2.bin"), cifar_batch("data_batch_3.bin"),
           cifar_batch("data_batch_4.bin"), cifar_batch("data_batch_5.bin"), cifar_batch("test_batch.bin")},
          FileFormat::cifar_batches};
}

std::optional<std::vector<std::filesystem::path>> find_all(const std::vector<KnownFile>& files,
                                                           const std::filesystem::path& data_dir) {
  std::vector<std::filesystem::path> paths;
  for (const KnownFile& file : files) {
    const auto path = find_known_file(file, data_dir);
    if (!path) return std::nullopt;
    paths.push_back(*path);
  }
  if (paths.empty()) return std::nullopt;
  return paths;
}

}  // namespace

const std::vector<KnownSet>& known_sets() {
  static const std::vector<KnownSet> sets = {cadata(),          cpusmall(), cod_rna(), gisette(),
                                             year_prediction(), mnist(),    cifar10()};
  return sets;
}

const KnownSet* find_known_set(std::string_view kind) {
  for (const KnownSet& set : known_sets()) {
    if (set.kind == kind) return &set;
  }
  return nullptr;
}

RecordVerdict compare_with_record(const KnownFile& file, const SourceFile& found) {
  if (file.sha256 == found.sha256) return RecordVerdict::equal;
  // A .part file is compared under the name it will have.
  const std::string name =
      found.path.extension() == ".part" ? found.path.stem().string() : found.path.filename().string();
  if (file.sha256.empty() || name != file.fetched_name) return RecordVerdict::unknown;
  return file.other_copies_are_good ? RecordVerdict::other_copy : RecordVerdict::different;
}

std::optional<std::filesystem::path> find_packed(const std::filesystem::path& folder,
                                                 const std::string& name) {
  for (const std::string_view ending : kPackedEndings) {
    std::filesystem::path path = folder / (name + std::string(ending));
    std::error_code error;
    if (std::filesystem::is_regular_file(path, error)) return path;
  }
  return std::nullopt;
}

std::optional<std::filesystem::path> find_known_file(const KnownFile& file,
                                                     const std::filesystem::path& data_dir) {
  if (data_dir.empty()) return std::nullopt;
  if (auto path = find_packed(data_dir, file.name)) return path;
  if (file.name.find("-idx") != std::string::npos) return find_packed(data_dir / "mnist", file.name);
  if (file.name.ends_with("_batch.bin") || file.name.starts_with("data_batch_")) {
    return find_packed(data_dir / "cifar-10-batches-bin", file.name);
  }
  return std::nullopt;
}

std::optional<FoundSet> find_known_set_files(const KnownSet& set, const std::filesystem::path& data_dir) {
  if (auto paths = find_all(set.files, data_dir)) return FoundSet{set.format, std::move(*paths)};
  if (auto paths = find_all(set.other_files, data_dir)) return FoundSet{set.other_format, std::move(*paths)};
  return std::nullopt;
}

}  // namespace zipml
