#pragma once

#include "engine/data/dataset.h"

namespace zipml {

/// `cifar10` and `mnist`: loads the real images that the data dir has, pixels 0 to 255, labels 0 to 9.
/// Parameters as of every known set. InputError on damaged, incomplete or foreign files.
Dataset load_cifar10(const Parameters& parameters, const DataContext& context);
Dataset load_mnist(const Parameters& parameters, const DataContext& context);

}  // namespace zipml
