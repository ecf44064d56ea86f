#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "engine/core/error.h"
#include "engine/core/parallel.h"
#include "engine/core/random.h"
#include "engine/data/dataset_kinds.h"
#include "engine/data/idx_reader.h"
#include "engine/data/known_sets.h"
#include "engine/data/normals.h"

namespace zipml {
namespace {

// The original is made of the digits 4 and 9: half of its features are pixels and products of pixel pairs,
// the other half, the probes, are distributed like them but know nothing of the class (Guyon et al., NIPS
// 2003 feature selection challenge). The same is done here.

constexpr std::size_t kSide = 28, kPixels = kSide * kSide;
constexpr std::size_t kTrain = 6000, kTest = 1000, kImages = kTrain + kTest;
constexpr std::size_t kFeatures = 5000, kInformative = kFeatures / 2, kSinglePixels = 300;

struct Digits {
  std::vector<std::uint8_t> pixels;  ///< kImages x kPixels
  std::vector<float> labels;
};

/// The first 3,500 fours (-1) and nines (+1) of MNIST's training part.
Digits mnist_digits(const DataContext& context) {
  const auto files = find_mnist_training_files(context);
  if (files.empty()) throw InputError("data set 'gisette-like': MNIST is not in the data dir");
  const IdxArray labels = read_idx(files[1]);
  std::vector<std::size_t> chosen;
  std::size_t fours = 0, nines = 0;
  for (std::size_t i = 0; i < labels.values.size(); ++i) {
    if (labels.values[i] == 4.0f && fours < kImages / 2) ++fours, chosen.push_back(i);
    if (labels.values[i] == 9.0f && nines < kImages / 2) ++nines, chosen.push_back(i);
  }
  if (chosen.size() != kImages) {
    throw InputError(files[1].string() + ": needs at least 3500 fours and 3500 nines, " +
                     std::to_string(fours) + " and " + std::to_string(nines) + " found");
  }
  const IdxArray images = read_idx(files[0], chosen.back() + 1);
  if (images.shape.size() != 3 || images.shape[0] <= chosen.back() || images.shape[1] != kSide ||
      images.shape[2] != kSide) {
    throw InputError(files[0].string() + ": is not the images of MNIST, " +
                     std::to_string(chosen.back() + 1) + " or more of 28 x 28");
  }
  Digits digits{std::vector<std::uint8_t>(kImages * kPixels), {}};
  for (std::size_t i = 0; i < kImages; ++i) {
    digits.labels.push_back(labels.values[chosen[i]] == 4.0f ? -1.0f : 1.0f);
    for (std::size_t p = 0; p < kPixels; ++p) {
      digits.pixels[i * kPixels + p] = static_cast<std::uint8_t>(images.values[chosen[i] * kPixels + p]);
    }
  }
  return digits;
}

/// A smooth bump on the pixel grid, 1 at its centre.
std::array<double, kPixels> bump(const DrawAddress& structure, std::uint64_t which) {
  const auto between = [&](std::uint32_t what, double low, double high) {
    return low + (high - low) * draw_unit_double(structure, 1000 + which, what);
  };
  const double row = between(0, 6.0, 22.0), column = between(1, 6.0, 22.0), width = between(2, 2.5, 5.0);
  std::array<double, kPixels> values{};
  for (std::size_t p = 0; p < kPixels; ++p) {
    const double dr = static_cast<double>(p / kSide) - row, dc = static_cast<double>(p % kSide) - column;
    const double falloff = 1.0 / (1.0 + (dr * dr + dc * dc) / (width * width));
    values[p] = falloff * falloff;
  }
  return values;
}

/// Pictures of the same size and make, without MNIST: bright strokes shared by both classes, one that tells
/// them apart, smooth deformations and pixel noise.
Digits generated_digits(std::uint64_t seed) {
  constexpr std::size_t kStrokes = 4, kDeformations = 12;
  const DrawAddress structure{seed, Stream::generate_structure, 0};
  std::array<double, kPixels> base{};
  base.fill(-0.45);
  for (std::uint64_t s = 0; s < kStrokes; ++s) {
    const auto stroke = bump(structure, s);
    for (std::size_t p = 0; p < kPixels; ++p) base[p] += 0.9 * stroke[p];
  }
  const auto difference = bump(structure, kStrokes);
  std::vector<std::array<double, kPixels>> deformations;
  for (std::uint64_t d = 0; d < kDeformations; ++d) deformations.push_back(bump(structure, 100 + d));

  Digits digits{std::vector<std::uint8_t>(kImages * kPixels), std::vector<float>(kImages)};
  parallel_blocks(kImages, available_threads(), [&](std::size_t i) {
    digits.labels[i] = i % 2 == 0 ? -1.0f : 1.0f;
    std::vector<double> draws(kDeformations + kPixels);
    fill_normals({seed, Stream::generate_features, 0}, i * round_up(draws.size(), 4), 0, draws);
    for (std::size_t p = 0; p < kPixels; ++p) {
      double v = base[p] + 0.6 * static_cast<double>(digits.labels[i]) * difference[p] +
                 0.12 * draws[kDeformations + p];
      for (std::size_t d = 0; d < kDeformations; ++d) v += 0.3 * draws[d] * deformations[d][p];
      digits.pixels[i * kPixels + p] = static_cast<std::uint8_t>(255.0 * std::clamp(v, 0.0, 1.0));
    }
  });
  return digits;
}

/// A uniformly random order of 0 .. count-1.
std::vector<std::size_t> random_order(std::size_t count, const DrawAddress& address, std::uint32_t draw) {
  std::vector<std::size_t> order(count);
  std::iota(order.begin(), order.end(), std::size_t{0});
  for (std::size_t i = count; i > 1; --i) std::swap(order[i - 1], order[draw_below(address, i, draw, i)]);
  return order;
}

/// Feature columns over the digits: pixels, products and probes in a random order, each scaled to [-1, 1].
class GisetteFeatures {
 public:
  GisetteFeatures(const Digits& digits, std::uint64_t seed)
      : address_{seed, Stream::generate_structure, 1}, order_(random_order(kFeatures, address_, 0)) {
    const std::vector<std::size_t> brightest = brightest_pixels(digits);
    by_pixel_.resize(kSinglePixels * kImages);
    for (std::size_t p = 0; p < kSinglePixels; ++p) {
      for (std::size_t i = 0; i < kImages; ++i) {
        by_pixel_[p * kImages + i] = digits.pixels[i * kPixels + brightest[p]];
      }
    }
    for (std::size_t f = 0; f < kInformative; ++f) choose_pixels(f);
    range_.resize(kInformative);
    parallel_blocks(kInformative, available_threads(), [this](std::size_t f) {
      Range& range = range_[f];
      range.low = range.high = product(f, 0);
      for (std::size_t i = 1; i < kImages; ++i) {
        range.low = std::min(range.low, product(f, i));
        range.high = std::max(range.high, product(f, i));
      }
    });
  }

  /// All features of the image at `position` of the data set's order.
  void fill(std::size_t image, std::size_t position, std::span<float> out) const {
    const DrawAddress probes{address_.seed, Stream::generate_features, 1};
    for (std::size_t f = 0; f < kInformative; ++f) out[order_[f]] = scaled(f, image);
    for (std::size_t f = 0; f < kInformative; f += 4) {
      const auto bits =
          philox4x32(philox_counter(probes, (position * kInformative + f) / 4, 0), philox_key(probes));
      for (std::size_t k = 0; k < 4; ++k) {
        // A probe is an informative column seen at some other image, drawn afresh for every value.
        const std::size_t other = (std::uint64_t{bits[k]} * kImages) >> 32;
        out[order_[kInformative + f + k]] = scaled(f + k, other);
      }
    }
  }

 private:
  static_assert(kInformative % 4 == 0);
  struct Range {
    std::uint32_t low = 0, high = 0;
  };

  static std::vector<std::size_t> brightest_pixels(const Digits& digits) {
    std::vector<std::size_t> lit(kPixels, 0), order(kPixels);
    for (std::size_t i = 0; i < digits.pixels.size(); ++i) lit[i % kPixels] += digits.pixels[i] != 0 ? 1 : 0;
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return lit[a] > lit[b]; });
    return order;
  }

  void choose_pixels(std::size_t f) {
    if (f < kSinglePixels) {
      pairs_.push_back({f, f});
      return;
    }
    // Pairs that are hardly ever lit together would make features of a few outliers: they are drawn again.
    constexpr std::uint32_t kMostAttempts = 1000;
    constexpr std::size_t kLeastLit = kImages / 50;
    pairs_.push_back({});
    for (std::uint32_t attempt = 1; attempt <= kMostAttempts; ++attempt) {
      const std::size_t first = draw_below(address_, f, 2 * attempt, kSinglePixels);
      const std::size_t step = 1 + draw_below(address_, f, 2 * attempt + 1, kSinglePixels - 1);
      pairs_.back() = {first, (first + step) % kSinglePixels};
      std::size_t lit = 0;
      for (std::size_t i = 0; i < kImages; ++i) lit += product(f, i) != 0 ? 1 : 0;
      if (lit >= kLeastLit) return;
    }
  }

  std::uint32_t product(std::size_t f, std::size_t image) const {
    const std::uint32_t a = by_pixel_[pairs_[f][0] * kImages + image];
    return f < kSinglePixels ? a : a * by_pixel_[pairs_[f][1] * kImages + image];
  }

  float scaled(std::size_t f, std::size_t image) const {
    const Range& range = range_[f];
    if (range.high == range.low) return 0.0f;
    const double share = static_cast<double>(product(f, image) - range.low) / (range.high - range.low);
    return static_cast<float>(2.0 * share - 1.0);
  }

  DrawAddress address_;
  std::vector<std::size_t> order_;
  std::vector<std::uint8_t> by_pixel_;  ///< kSinglePixels x kImages
  std::vector<std::array<std::size_t, 2>> pairs_;
  std::vector<Range> range_;
};

/// Positions of the data set to images: 3,000 of each class train, 500 of each test, both shuffled.
std::vector<std::size_t> image_order(const Digits& digits, std::uint64_t seed) {
  const DrawAddress address{seed, Stream::generate_structure, 2};
  std::array<std::vector<std::size_t>, 2> parts;
  std::array<std::size_t, 2> taken{};
  for (std::size_t i = 0; i < kImages; ++i) {
    const std::size_t type = digits.labels[i] < 0.0f ? 0 : 1;
    parts[taken[type]++ < kTrain / 2 ? 0 : 1].push_back(i);
  }
  std::vector<std::size_t> order;
  for (std::uint32_t part = 0; part < 2; ++part) {
    for (const std::size_t i : random_order(parts[part].size(), address, part))
      order.push_back(parts[part][i]);
  }
  return order;
}

Dataset make_gisette_like(const Parameters& parameters, const DataContext& context) {
  const auto seed = static_cast<std::uint64_t>(parameters.integer("seed"));
  std::string source = parameters.text("source");
  if (source == "auto") source = find_mnist_training_files(context).empty() ? "generated" : "mnist";
  const bool real_digits = source == "mnist";
  const Digits digits = real_digits ? mnist_digits(context) : generated_digits(seed);
  const GisetteFeatures features(digits, seed);
  const std::vector<std::size_t> order = image_order(digits, seed);

  Dataset data;
  data.name = "gisette-like";
  data.title = real_digits ? "gisette-like (stand-in for gisette, built from MNIST 4 against 9)"
                           : "gisette-like (generated stand-in for gisette)";
  data.stand_in_for = "gisette";
  data.task = Task::classification;
  const auto fill_split = [&](Split& split, std::size_t first, std::size_t rows) {
    split = {Matrix(rows, kFeatures), std::vector<float>(rows)};
    parallel_blocks(rows, available_threads(), [&](std::size_t r) {
      split.labels[r] = digits.labels[order[first + r]];
      features.fill(order[first + r], first + r, split.features.row(r));
    });
  };
  fill_split(data.train, 0, rows_wanted(parameters, "train_rows", kTrain));
  fill_split(data.test, kTrain, rows_wanted(parameters, "test_rows", kTest));
  return data;
}

}  // namespace

std::vector<std::filesystem::path> find_mnist_training_files(const DataContext& context) {
  const std::vector<KnownFile>& files = find_known_set("mnist")->files;
  const auto images = find_known_file(files[0], context.data_dir);
  const auto labels = find_known_file(files[1], context.data_dir);
  if (!images || !labels) return {};
  return {*images, *labels};
}

DatasetEntries gisette_like_kinds() {
  std::vector<ParameterInfo> parameters = row_limits(kTrain, kTest);
  parameters.push_back(
      {.key = "source",
       .type = ParameterType::text,
       .doc = "digits it is made of; auto: mnist if its files are in the data dir, else generated",
       .fallback = std::string("auto"),
       .choices = {"auto", "mnist", "generated"}});
  parameters.push_back(seed_parameter());
  parameters.push_back(
      {.key = "sha256",
       .type = ParameterType::text,
       .doc = "sha256 of the digits' files, joined by '+'; filled in, or given to insist on it",
       .optional = true});
  return {{{"gisette-like",
            "stand-in for gisette: 5,000 features of digits 4 (-1) against 9 (+1), half of them pixels and "
            "products "
            "of pixels, half probes without information; each scaled to [-1, 1]",
            parameters},
           make_gisette_like}};
}

}  // namespace zipml
