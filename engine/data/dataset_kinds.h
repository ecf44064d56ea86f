#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "engine/data/dataset.h"

namespace zipml {

// The parts of the list of data sets; each source file of this room describes its own kinds.

using DatasetEntries = std::vector<Registry<DatasetFactory>::Entry>;

DatasetEntries synthetic_kinds();  ///< the paper's synthetic regression problem
DatasetEntries tabular_kinds();    ///< year-like, cadata-like, cpusmall-like, cod-rna-like
DatasetEntries gisette_like_kinds();
DatasetEntries image_kinds();       ///< cifar10-like, mnist-like
DatasetEntries known_kinds();       ///< the real sets, by name
DatasetEntries tomography_kinds();  ///< line integrals of a phantom, over detectors of a width
DatasetEntries user_kinds();        ///< libsvm, csv, hdf5

/// Parameters `train_rows` and `test_rows` of a kind with a fixed split; 0 stands for all of it.
std::vector<ParameterInfo> row_limits(std::size_t train_rows, std::size_t test_rows);
/// Parameter `memory` of a kind that can read or make its rows again, see keeps_packed_only().
ParameterInfo memory_parameter();
/// Parameter `seed` of a generator.
ParameterInfo seed_parameter();

/// A row limit as a count: 0 becomes `all`. InputError naming `key` where it is more than `all`.
std::size_t rows_wanted(const Parameters& parameters, const std::string& key, std::size_t all);

/// The digits that `gisette-like` is made of, where the data dir has them: images, labels; otherwise empty.
std::vector<std::filesystem::path> find_mnist_training_files(const DataContext& context);

/// Files that a user's own data set reads: `path` and, if given, `test_path`, each as it is or below the data
/// dir, packed or not. InputError naming the places looked at.
std::vector<std::filesystem::path> find_user_files(const Parameters& parameters, const DataContext& context);

}  // namespace zipml
