#include <catch2/catch.hpp>
#include <cstring>
#include <memory>
#include <stdexcept>

#include "engine/solve/training.h"
#include "toy_problem.h"

namespace zipml {
namespace {

using testing::estimator_choice;
using testing::toy_data;
using testing::toy_spec;

// Rows of a matrix in blocks of one grain, copied anew at every visit.
class CopiedRows final : public RowSource {
 public:
  explicit CopiedRows(Matrix rows) : rows_(std::move(rows)) {}
  std::size_t rows() const override { return rows_.rows(); }
  std::size_t cols() const override { return rows_.cols(); }
  void visit(const Use& use) const override {
    ++visits;
    for (std::size_t first = 0; first < rows(); first += kGrain) {
      Matrix block(std::min(kGrain, rows() - first), cols());
      for (std::size_t r = 0; r < block.rows(); ++r)
        std::copy(rows_.row(first + r).begin(), rows_.row(first + r).end(), block.row(r).begin());
      use(first, block);
    }
  }
  mutable int visits = 0;

 private:
  Matrix rows_;
};

bool same_bits(const std::vector<float>& a, const std::vector<float>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
}

void check_same(const TrainingResult& a, const TrainingResult& b) {
  REQUIRE(same_bits(a.x, b.x));
  REQUIRE(a.trace.rows.size() == b.trace.rows.size());
  for (std::size_t i = 0; i < a.trace.rows.size(); ++i) {
    REQUIRE(a.trace.rows[i].train_loss == b.trace.rows[i].train_loss);
    REQUIRE(a.trace.rows[i].test_loss == b.trace.rows[i].test_loss);
    REQUIRE(a.trace.rows[i].bytes_read == b.trace.rows[i].bytes_read);
    REQUIRE(a.trace.rows[i].values_read == b.trace.rows[i].values_read);
  }
  for (std::size_t c = 0; c < a.levels->cols(); ++c) {
    REQUIRE(a.levels->column(c).low() == b.levels->column(c).low());
    REQUIRE(a.levels->column(c).high() == b.levels->column(c).high());
  }
}

constexpr std::size_t kRows = 2500, kCols = 70;

struct Both {
  PreparedData kept = toy_data(kRows, kCols), packed = kept;
  std::shared_ptr<CopiedRows> source = std::make_shared<CopiedRows>(kept.data.train.features);

  Both() {
    packed.data.train.features = Matrix(0, kept.data.features());
    packed.data.train.source = source;
  }
};

TEST_CASE("training on rows that are not kept has the bits of training on rows in memory", "[memory]") {
  const Both data;
  const auto loss = losses()["least_squares"]({});
  const auto regularizer = regularizers()["none"]({});
  const ComponentChoice row_scaling =
      choose(level_strategies().family(), "uniform", {{"scaling", std::string("row")}});
  const auto row_levels = std::make_shared<const ComponentChoice>(row_scaling);
  const std::int64_t bits = 3;
  const std::vector<std::pair<const char*, ComponentChoice>> cases = {
      {"integer", estimator_choice("double_sampling", {{"bits", bits}})},
      {"integer", estimator_choice("double_sampling", {{"bits", bits}, {"sampling", std::string("once")}})},
      {"integer", estimator_choice("naive", {{"bits", bits}, {"columns_per_group", std::int64_t{8}}})},
      {"integer", estimator_choice("deterministic", {{"bits", bits}})},
      {"synchronous", estimator_choice("double_sampling", {{"bits", bits}})},
      {"synchronous", estimator_choice("naive", {{"bits", bits}, {"levels", row_levels}})}};
  for (const auto& [engine, samples] : cases) {
    INFO(engine << " " << samples.kind);
    TrainingSpec spec = toy_spec(3, 100, 0.05);
    spec.engine = choose(engines(), engine);
    spec.samples = samples;
    const TrainingResult kept = train({data.kept, *loss, *regularizer}, spec, 1);
    for (const int threads : {1, 2}) {
      const TrainingResult packed = train({data.packed, *loss, *regularizer}, spec, threads);
      check_same(packed, kept);
      // The float32 rows are what is saved.
      REQUIRE(packed.sample_bytes + kRows * round_up(kCols + 1, kRowAlignment) * sizeof(float) ==
              kept.sample_bytes);
    }
    spec.seed = 2;
    REQUIRE(!same_bits(train({data.packed, *loss, *regularizer}, spec, 1).x, kept.x));
  }
}

TEST_CASE("rows are read again for levels, fresh draws and objectives only", "[memory]") {
  const Both data;
  const auto loss = losses()["least_squares"]({});
  const auto regularizer = regularizers()["none"]({});
  const auto visits = [&](const char* sampling) {
    TrainingSpec spec = toy_spec(4, 100, 0.05);
    spec.engine = choose(engines(), "integer");
    spec.samples =
        estimator_choice("naive", {{"bits", std::int64_t{2}}, {"sampling", std::string(sampling)}});
    data.source->visits = 0;
    train({data.packed, *loss, *regularizer}, spec, 1);
    return data.source->visits;
  };
  CHECK(visits("once") == 1 + 1 + 5);
  CHECK(visits("fresh") == 1 + 4 + 5);
}

TEST_CASE("the exact minimum over rows that are not kept has the same bits", "[memory]") {
  const Both data;
  REQUIRE(exact_least_squares_minimum(data.packed, 2) == exact_least_squares_minimum(data.kept, 1));
}

TEST_CASE("what needs the rows in memory does not train without them", "[memory]") {
  const Both data;
  const auto loss = losses()["least_squares"]({});
  const auto regularizer = regularizers()["none"]({});
  TrainingSpec spec = toy_spec(1, 100, 0.05);
  const Problem problem{data.packed, *loss, *regularizer};
  CHECK_THROWS_AS(train(problem, spec, 1), std::logic_error);
  const auto optimal =
      std::make_shared<const ComponentChoice>(choose(level_strategies().family(), "optimal"));
  spec.samples = estimator_choice("naive", {{"bits", std::int64_t{2}}, {"levels", optimal}});
  CHECK_THROWS_AS(train(problem, spec, 1), std::logic_error);
}

}  // namespace
}  // namespace zipml
