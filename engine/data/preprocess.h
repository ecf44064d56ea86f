#pragma once

#include <span>
#include <vector>

#include "engine/core/component.h"
#include "engine/data/dataset.h"

namespace zipml {

/// The affine map v -> (v - offset) / scale of every feature column, fitted on the training rows.
struct AffineColumns {
  std::vector<double> offset, scale;  ///< one entry per feature of the raw data; scale > 0
};

/// A data set ready for training, with what was done to it.
struct PreparedData {
  Dataset data;  ///< preprocessed; the intercept column, if any, is the last one
  AffineColumns features;
  double label_offset = 0.0, label_scale = 1.0;  ///< labels were mapped to (b - offset) / scale
  bool intercept = false;
  /// Losses quadratic in the label are multiplied by this for reporting: label_scale^2, or 1 where the
  /// config asks for preprocessed units.
  double loss_unit = 1.0;
};

/// Parameters of a config's `preprocess` member:
/// `features`: none | standardize (mean 0, variance 1) | scale (min-max to [-1, 1]) | center (mean 0);
/// `intercept`: append a column of ones; `labels`: none | standardize | scale (to [-1, 1]);
/// `report`: original | preprocessed, the units of reported losses.
const ComponentInfo& preprocess_info();

/// Fits the maps on the training rows and applies them to both splits. Constant columns get scale 1.
/// Classification labels are never scaled (InputError where the options ask for it).
PreparedData preprocess(Dataset raw, const Parameters& options);

/// Model of the raw features: undoes the preprocessing of a model trained on prepared data. Returns
/// features() weights (raw columns) followed by the intercept.
std::vector<double> model_in_original_units(const PreparedData& prepared, std::span<const float> x);

}  // namespace zipml
