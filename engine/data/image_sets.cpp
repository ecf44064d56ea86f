#include "engine/data/image_sets.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "engine/core/error.h"
#include "engine/core/parallel.h"
#include "engine/core/random.h"
#include "engine/data/cifar_reader.h"
#include "engine/data/dataset_kinds.h"
#include "engine/data/idx_reader.h"
#include "engine/data/known_sets.h"

namespace zipml {
namespace {

constexpr int kClasses = 10;
constexpr ImageShape kCifarShape{3, 32, 32}, kMnistShape{1, 28, 28};

Dataset described(const KnownSet& set, const ImageShape& shape) {
  Dataset data;
  data.name = set.kind;
  data.title = set.title;
  data.task = set.task;
  data.image = shape;
  data.classes = kClasses;
  return data;
}

FoundSet found_files(const KnownSet& set, const DataContext& context) {
  const auto found = find_known_set_files(set, context.data_dir);
  if (!found) throw InputError("data set '" + set.kind + "': its files are not in the data dir");
  return *found;
}

// All items are asked for where all are wanted, so that a file that is too long is noticed.
IdxArray read_items(const std::filesystem::path& path, std::size_t wanted, std::size_t all) {
  IdxArray array = read_idx(path, wanted == all ? 0 : wanted);
  if (array.shape[0] != wanted) {
    throw InputError(path.string() + ": " + std::to_string(array.shape[0]) + " items, " +
                     std::to_string(all) + " expected");
  }
  return array;
}

Split read_digits(const std::filesystem::path& images, const std::filesystem::path& labels,
                  std::size_t wanted, std::size_t all) {
  const IdxArray pixels = read_items(images, wanted, all), classes = read_items(labels, wanted, all);
  const auto size = static_cast<std::size_t>(kMnistShape.size());
  if (pixels.values.size() != wanted * size) {
    throw InputError(images.string() + ": its images do not have 28 x 28 pixels");
  }
  if (classes.values.size() != wanted)
    throw InputError(labels.string() + ": does not hold one label an image");
  Split split{Matrix(wanted, size), classes.values};
  for (std::size_t r = 0; r < wanted; ++r) {
    const float label = classes.values[r];
    if (label < 0.0f || label >= kClasses || label != std::floor(label)) {
      throw InputError(labels.string() + ": item " + std::to_string(r) + " is not a label from 0 to 9");
    }
    std::copy_n(pixels.values.data() + r * size, size, split.features.row(r).data());
  }
  return split;
}

// ---- generated images ----

constexpr std::size_t kGratings = 3;
constexpr float kClassContrast = 30.0f, kOtherContrast = 20.0f, kNoise = 50.0f;
constexpr std::int64_t kMostFrequency = 4, kMostShift = 3;

// A wave of period 1 without the help of a library's sine, whose last bits differ between machines.
float triangle(float t) {
  const float phase = t - std::floor(t);
  return 4.0f * std::fabs(phase - 0.5f) - 1.0f;
}

/// Patterns of ten classes: sums of waves on a torus, so that they can be shifted around its edges.
class ClassPatterns {
 public:
  ClassPatterns(const ImageShape& shape, std::uint64_t seed)
      : shape_(shape), values_(kClasses * pixels(), 0.0f) {
    const DrawAddress address{seed, Stream::generate_structure, 0};
    for (std::size_t plane = 0; plane < kClasses * static_cast<std::size_t>(shape.channels); ++plane) {
      for (std::size_t g = 0; g < kGratings; ++g) add_wave(plane, address, plane * kGratings + g);
    }
  }

  std::size_t pixels() const { return static_cast<std::size_t>(shape_.size()); }

  float at(std::size_t pattern, std::int64_t channel, std::int64_t y, std::int64_t x) const {
    const std::int64_t row = (y + shape_.height) % shape_.height, column = (x + shape_.width) % shape_.width;
    return values_[pattern * pixels() +
                   static_cast<std::size_t>((channel * shape_.height + row) * shape_.width + column)];
  }

 private:
  void add_wave(std::size_t plane, const DrawAddress& address, std::size_t element) {
    const auto frequency = [&](std::uint32_t draw) {
      return static_cast<float>(draw_below(address, element, draw, kMostFrequency + 1));
    };
    const float fx = frequency(0) / static_cast<float>(shape_.width);
    const float fy = (frequency(1) + 1.0f) / static_cast<float>(shape_.height);
    const float phase = draw_unit_float(address, element, 9);
    const auto size = static_cast<std::size_t>(shape_.height * shape_.width);
    for (std::size_t i = 0; i < size; ++i) {
      const auto y = static_cast<std::int64_t>(i) / shape_.width,
                 x = static_cast<std::int64_t>(i) % shape_.width;
      values_[plane * size + i] += triangle(fx * static_cast<float>(x) + fy * static_cast<float>(y) + phase);
    }
  }

  ImageShape shape_;
  std::vector<float> values_;
};

// An image is its class's pattern, shifted, under a weaker pattern of any class and noise.
void generate_rows(const ClassPatterns& patterns, const ImageShape& shape, std::uint64_t seed,
                   std::size_t first, Split& split) {
  const DrawAddress address{seed, Stream::generate_features, 0}, labels{seed, Stream::generate_labels, 0};
  parallel_blocks(split.labels.size(), available_threads(), [&](std::size_t r) {
    const std::uint64_t image = first + r;
    const auto shift = [&](std::uint32_t draw) {
      return static_cast<std::int64_t>(draw_below(labels, image, draw, 2 * kMostShift + 1)) - kMostShift;
    };
    const auto own = draw_below(labels, image, 0, kClasses), other = draw_below(labels, image, 1, kClasses);
    const std::int64_t dy = shift(2), dx = shift(3);
    const auto other_dy = static_cast<std::int64_t>(draw_below(labels, image, 4, shape.height));
    split.labels[r] = static_cast<float>(own);
    const auto row = split.features.row(r);
    std::size_t p = 0;
    for (std::int64_t c = 0; c < shape.channels; ++c) {
      for (std::int64_t y = 0; y < shape.height; ++y) {
        for (std::int64_t x = 0; x < shape.width; ++x, ++p) {
          const float noise = 2.0f * draw_unit_float(address, image * row.size() + p, 0) - 1.0f;
          const float value = 128.0f + kClassContrast * patterns.at(own, c, y + dy, x + dx) +
                              kOtherContrast * patterns.at(other, c, y + other_dy, x) + kNoise * noise;
          row[p] = std::floor(std::clamp(value, 0.0f, 255.0f) + 0.5f);
        }
      }
    }
  });
}

Dataset generate_images(const char* stood_for, const ImageShape& shape, const Parameters& parameters) {
  const KnownSet& set = *find_known_set(stood_for);
  const auto seed = static_cast<std::uint64_t>(parameters.integer("seed"));
  Dataset data = described(set, shape);
  data.name = set.stand_in;
  data.title = set.stand_in + " (generated stand-in for " + set.title + ")";
  data.stand_in_for = set.kind;
  const ClassPatterns patterns(shape, seed);
  const auto fill = [&](Split& split, std::size_t first, std::size_t rows) {
    split = {Matrix(rows, patterns.pixels()), std::vector<float>(rows)};
    generate_rows(patterns, shape, seed, first, split);
  };
  fill(data.train, 0, rows_wanted(parameters, "train_rows", set.train_rows));
  fill(data.test, set.train_rows, rows_wanted(parameters, "test_rows", set.test_rows));
  return data;
}

Registry<DatasetFactory>::Entry generated_kind(const char* stood_for, const char* doc, DatasetFactory make) {
  const KnownSet& set = *find_known_set(stood_for);
  std::vector<ParameterInfo> parameters = row_limits(set.train_rows, set.test_rows);
  parameters.push_back(seed_parameter());
  return {{set.stand_in, doc, parameters}, make};
}

}  // namespace

Dataset load_cifar10(const Parameters& parameters, const DataContext& context) {
  const KnownSet& set = *find_known_set("cifar10");
  const FoundSet found = found_files(set, context);
  const CifarRows rows{rows_wanted(parameters, "train_rows", set.train_rows),
                       rows_wanted(parameters, "test_rows", set.test_rows)};
  CifarImages images = found.format == FileFormat::cifar_archive ? read_cifar_archive(found.paths[0], rows)
                                                                 : read_cifar_batches(found.paths, rows);
  Dataset data = described(set, kCifarShape);
  if (images.inexact > 0) {
    data.title += " (rebuilt: " + std::to_string(images.inexact) + " of 60,000 images are JPEG copies)";
  }
  data.train = std::move(images.train);
  data.test = std::move(images.test);
  return data;
}

Dataset load_mnist(const Parameters& parameters, const DataContext& context) {
  const KnownSet& set = *find_known_set("mnist");
  const FoundSet found = found_files(set, context);
  Dataset data = described(set, kMnistShape);
  data.train = read_digits(found.paths[0], found.paths[1],
                           rows_wanted(parameters, "train_rows", set.train_rows), set.train_rows);
  data.test = read_digits(found.paths[2], found.paths[3], rows_wanted(parameters, "test_rows", set.test_rows),
                          set.test_rows);
  return data;
}

DatasetEntries image_kinds() {
  return {generated_kind("cifar10", "stand-in for cifar10: 10 classes of shifted colour patterns under noise",
                         [](const Parameters& p, const DataContext&) {
                           return generate_images("cifar10", kCifarShape, p);
                         }),
          generated_kind("mnist", "stand-in for mnist: 10 classes of shifted grey patterns under noise",
                         [](const Parameters& p, const DataContext&) {
                           return generate_images("mnist", kMnistShape, p);
                         })};
}

}  // namespace zipml
