#pragma once

#include <filesystem>
#include <string>

#include "engine/data/known_sets.h"

namespace zipml {

/// Throws InputError if `from` is a folder that does not have a file which the data dir lacks, or is neither
/// a folder nor an address: checked for all files before the first is fetched.
void require_source(const KnownFile& file, const std::string& from, const std::filesystem::path& data_dir);

/// Puts one file of a known set into the data dir: copied from the folder `from`, or downloaded by the
/// program `curl` below the address `from`, or from its official address where `from` is empty. Written
/// beside its final name, checked against the checksum on record, then renamed; a file that is there already
/// is left alone. Says on standard error what it does. Returns false if the file could not be had or is not
/// the one on record. Throws InputError if `from` is no folder or does not have the file, IoError if the data
/// dir cannot be written.
bool fetch_file(const KnownSet& set, const KnownFile& file, const std::string& from,
                const std::filesystem::path& data_dir);

}  // namespace zipml
