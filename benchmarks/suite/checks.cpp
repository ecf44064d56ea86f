#include "benchmarks/suite/checks.h"

#include <algorithm>
#include <cmath>

#include "engine/kernels/field_reference.h"
#include "engine/kernels/fixed_point_reference.h"
#include "engine/kernels/kernels.h"

namespace zipml::bench {
namespace {

std::vector<float> decoded(const Problem& problem, const SampleStore& store, std::size_t r, int draw) {
  const auto row = problem.features.row(r);
  std::vector<float> values(row.begin(), row.end());
  QuantizeScratch scratch;
  if (!store.kind.is_float()) store.estimator->samples()->decode(r, draw, values.data(), scratch);
  return values;
}

double score(const std::vector<float>& a, const std::vector<double>& x) {
  double sum = 0.0;
  for (std::size_t c = 0; c < x.size(); ++c) sum += double{a[c]} * x[c];
  return sum;
}

// Mini-batch SGD as the paper writes it: one loop after another, float64.
void plain_sgd(const Problem& problem, const SampleStore& store, std::span<const std::uint32_t> order,
               std::size_t batch, double gamma, std::vector<double>& x) {
  std::vector<double> sum(problem.cols());
  for (std::size_t first = 0; first < order.size(); first += batch) {
    const auto rows = order.subspan(first, std::min(batch, order.size() - first));
    std::fill(sum.begin(), sum.end(), 0.0);
    for (const std::uint32_t r : rows) {
      const int orders = store.kind.symmetrized ? 2 : 1;
      for (int draw = 0; draw < orders; ++draw) {
        const std::vector<float> a = decoded(problem, store, r, draw);
        const std::vector<float> other = decoded(problem, store, r, store.kind.draws - 1 - draw);
        const double residual = (score(other, x) - double{problem.labels[r]}) / orders;
        for (std::size_t c = 0; c < x.size(); ++c) sum[c] += residual * double{a[c]};
      }
    }
    for (std::size_t c = 0; c < x.size(); ++c) x[c] -= gamma / static_cast<double>(rows.size()) * sum[c];
  }
}

// One round of replicas and their average.
std::vector<double> plain_round(const Problem& problem, const SampleStore& store,
                                std::span<const std::uint32_t> order, std::size_t batch, double gamma,
                                std::size_t replicas) {
  const std::size_t batches = (order.size() + batch - 1) / batch;
  std::vector<double> mean(problem.cols(), 0.0);
  for (std::size_t i = 0; i < replicas; ++i) {
    const std::size_t first = batches * i / replicas * batch,
                      last = std::min(batches * (i + 1) / replicas * batch, order.size());
    std::vector<double> x(problem.cols(), 0.0);
    plain_sgd(problem, store, order.subspan(first, last - first), batch, gamma, x);
    const double share = static_cast<double>(last - first) / static_cast<double>(order.size());
    for (std::size_t c = 0; c < x.size(); ++c) mean[c] += share * x[c];
  }
  return mean;
}

// Whether both field kernels give the reference's sums on a group of stored rows.
bool kernels_are_exact(const FieldMatrix& fields, std::span<const std::uint32_t> group,
                       kernels::FieldDraws draws, int limbs) {
  const FieldLayout& layout = fields.layout();
  const std::size_t sets = draws == kernels::FieldDraws::both ? 2 : 1, padded = round_up(group.size(), 4);
  std::vector<const std::uint8_t*> rows;
  for (const std::uint32_t r : group) rows.push_back(fields.row(r));
  const kernels::FieldRows plain{rows.data(), nullptr, rows.size()};

  const auto bytes = [](std::size_t n) {
    AlignedVector<std::uint32_t> words(n);
    kernels::random_bits({kSeed, Stream::generate_model, 1}, 0, 0, words.data(), n);
    AlignedVector<std::int8_t> values(n);
    for (std::size_t i = 0; i < n; ++i)
      values[i] = static_cast<std::int8_t>(static_cast<int>(words[i] % 255u) - 127);
    return values;
  };
  const AlignedVector<std::int8_t> model = bytes(layout.positions() * static_cast<std::size_t>(limbs));
  AlignedVector<std::int8_t> weights = bytes(sets * padded);
  for (std::size_t s = 0; s < sets; ++s)
    std::fill(weights.begin() + static_cast<std::ptrdiff_t>(s * padded + group.size()),
              weights.begin() + static_cast<std::ptrdiff_t>((s + 1) * padded), std::int8_t{0});

  std::vector<double> dots(sets * group.size()), expected_dots(dots.size());
  kernels::field_dots(layout, plain, draws, model.data(), limbs, dots.data());
  kernels::reference::field_dots(layout, plain, draws, model.data(), limbs, expected_dots.data());
  AlignedVector<float> sums(layout.positions()), expected_sums(sums.size());
  kernels::field_gradient(layout, plain, draws, weights.data(), 1.0f, false, sums.data());
  kernels::reference::field_gradient(layout, plain, draws, weights.data(), 1.0f, false, expected_sums.data());
  return dots == expected_dots && sums == expected_sums;
}

// Whether the fixed-point kernels give the reference's products and update on two stored rows.
bool fixed_point_is_exact(const QuantizedSamples& samples, std::span<const std::uint32_t> two) {
  const LaneMatrix& lanes = *samples.packed().lanes();
  const kernels::FixedPointShape shape(lanes.layout(), samples.levels().count());
  const std::uint8_t *first = lanes.row(two[0]), *second = lanes.row(two[1]);
  const kernels::FixedPointRows rows{{first, second}, {first, second}, 2};
  AlignedVector<std::int16_t> model(shape.positions());
  for (std::size_t c = 0; c < shape.layout.cols; ++c)
    model[shape.position(c)] = static_cast<std::int16_t>(static_cast<int>(7919 * c % 4001) - 2000);
  kernels::FixedPointProducts got{}, want{};
  kernels::fixed_point_products(shape, rows, model.data(), got);
  kernels::reference::fixed_point_products(shape, rows, model.data(), want);
  const std::int16_t factors[] = {211, -37};
  AlignedVector<std::int16_t> expected = model;
  kernels::fixed_point_update(shape, rows, factors, model.data());
  kernels::reference::fixed_point_update(shape, rows, factors, expected.data());
  return got.dots[0] == want.dots[0] && got.dots[1] == want.dots[1] && got.grams[0][1] == want.grams[0][1] &&
         model == expected;
}

}  // namespace

std::string wrong_training(const Problem& problem, const SampleStore& store, std::size_t batch, int threads,
                           int model_bits, int replicas) {
  const std::vector<std::uint32_t> epoch = permuted_rows(problem.rows());
  const auto order = std::span(epoch).first(std::min(problem.rows(), 2 * batch + batch / 2 + 37));
  if (store.kind.is_integer()) {
    const FieldMatrix& fields = *store.estimator->samples()->packed().fields();
    for (std::size_t first = 0; first < order.size(); first += 64) {
      const auto group = order.subspan(first, std::min<std::size_t>(64, order.size() - first));
      std::vector<kernels::FieldDraws> used{kernels::FieldDraws::first};
      if (store.kind.symmetrized) used = {kernels::FieldDraws::both};
      if (store.kind.draws == 2 && !store.kind.symmetrized) used.push_back(kernels::FieldDraws::second);
      for (const kernels::FieldDraws draws : used)
        if (!kernels_are_exact(fields, group, draws, model_bits / 8))
          return "integer sums differ from the plain loop's";
    }
  }

  if (store.kind.is_fixed_point()) {
    for (std::size_t first = 0; first + 1 < order.size(); first += 2)
      if (!fixed_point_is_exact(*store.estimator->samples(), order.subspan(first, 2)))
        return "integer products differ from the plain loop's";
  }

  // Rounding to whole multiples of codes is noise that only long steps drown.
  const auto rows = static_cast<float>(batch);
  const float gamma = store.kind.is_fixed_point() ? 0.5f * rows / (rows + static_cast<float>(problem.cols()))
                                                  : safe_step(problem);
  Trainer trainer(problem, store, batch, threads, model_bits, replicas);
  Trainer alone(problem, store, batch, 1, model_bits, replicas);
  trainer.run(order, gamma);
  alone.run(order, gamma);
  if (!std::equal(trainer.x().begin(), trainer.x().end(), alone.x().begin()))
    return "differs from one thread's result";

  const std::vector<double> expected =
      plain_round(problem, store, order, batch, double{gamma}, static_cast<std::size_t>(replicas));
  double error = 0.0, way = 0.0;
  for (std::size_t c = 0; c < expected.size(); ++c) {
    error += std::pow(double{trainer.x()[c]} - expected[c], 2);
    way += std::pow(expected[c], 2);
  }
  const double relative = std::sqrt(error / way);
  if (!(relative <= (store.kind.is_fixed_point() ? 0.15 : store.kind.is_integer() ? 0.03 : 1e-4)))
    return "differs from plain SGD by " + std::to_string(relative) + " of its way";
  return {};
}

}  // namespace zipml::bench
