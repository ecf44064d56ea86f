#include "benchmarks/suite/peers.h"

#if defined(ZIPML_WITH_LIBLINEAR)
#include <linear.h>

#include <array>
#include <stdexcept>
#endif

namespace zipml::bench {

#if defined(ZIPML_WITH_LIBLINEAR)

namespace {

// Tolerances, the first of which stops dual coordinate descent after one pass.
constexpr std::array kTolerances{1.0, 0.3, 0.1, 0.03, 0.01, 0.003, 0.001};

// Samples as liblinear wants them: 16 bytes a value.
struct Nodes {
  std::vector<feature_node> nodes;
  std::vector<feature_node*> rows;
  std::vector<double> labels;

  explicit Nodes(const Problem& problem) : labels(problem.labels.begin(), problem.labels.end()) {
    const std::size_t width = problem.cols() + 1;
    nodes.resize(problem.rows() * width);
    for (std::size_t r = 0; r < problem.rows(); ++r) {
      feature_node* row = nodes.data() + r * width;
      rows.push_back(row);
      for (std::size_t c = 0; c < problem.cols(); ++c)
        row[c] = {static_cast<int>(c) + 1, double{problem.features(r, c)}};
      row[problem.cols()] = {-1, 0.0};
    }
  }
};

class Liblinear final : public Peer {
 public:
  Liblinear(const Problem& problem, std::shared_ptr<Nodes> nodes, int solver, std::string name)
      : problem_(problem), nodes_(std::move(nodes)), solver_(solver), name_(std::move(name)) {
    set_print_string_function([](const char*) {});
  }

  std::string name() const override { return name_; }
  std::size_t batch() const override { return 1; }
  int threads() const override { return 1; }
  std::size_t settings() const override { return kTolerances.size(); }
  bool counts_epochs() const override { return false; }
  bool has_single_epoch() const override { return solver_ == L2R_L2LOSS_SVR_DUAL; }

  double train(std::size_t setting, int) override {
    ::problem data{};
    data.l = static_cast<int>(problem_.rows());
    data.n = static_cast<int>(problem_.cols());
    data.y = nodes_->labels.data();
    data.x = nodes_->rows.data();
    data.bias = -1;
    parameter parameters{};
    parameters.solver_type = solver_;
    parameters.eps = kTolerances.at(setting);
    // In our units a regularizer of 0.01 |x|^2 / 2: too little to move the loss, enough to converge fast.
    parameters.C = 50.0 / static_cast<double>(problem_.rows());
    parameters.p = 0;
    if (check_parameter(&data, &parameters) != nullptr) throw std::logic_error("liblinear: wrong parameter");
    ::model* trained = ::train(&data, &parameters);
    x_.assign(trained->w, trained->w + problem_.cols());
    free_and_destroy_model(&trained);
    return 0.0;
  }

  double loss() override { return mean_loss(problem_, x_, 1); }

 private:
  const Problem& problem_;
  std::shared_ptr<Nodes> nodes_;
  int solver_;
  std::string name_;
  std::vector<float> x_;
};

}  // namespace

std::vector<std::unique_ptr<Peer>> liblinear_peers(const Problem& problem) {
  const auto nodes = std::make_shared<Nodes>(problem);
  std::vector<std::unique_ptr<Peer>> peers;
  peers.push_back(std::make_unique<Liblinear>(problem, nodes, L2R_L2LOSS_SVR_DUAL, "liblinear, dual"));
  peers.push_back(std::make_unique<Liblinear>(problem, nodes, L2R_L2LOSS_SVR, "liblinear, Newton"));
  return peers;
}

#else

std::vector<std::unique_ptr<Peer>> liblinear_peers(const Problem&) { return {}; }

#endif

}  // namespace zipml::bench
