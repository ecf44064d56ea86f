#pragma once

#include <cstddef>
#include <filesystem>
#include <span>

namespace zipml {

/// Writes bytes so that `file` is either as it was or complete, whatever happens: to a part of a name of its
/// own in the same folder, `<file>.<machine>-<pid>-<start>-<count>.part`, synced, renamed over `file`, folder
/// synced. Missing folders are made and synced. Threads, processes and machines that write the same file at
/// once do not disturb each other, on network file systems too: the last rename wins. A part that somebody
/// else removes is written again. Throws IoError naming the path (no space, no permission, a directory in the
/// way); no part is then left.
void write_file_atomically(const std::filesystem::path& file, std::span<const std::byte> bytes);

/// Removes the parts in `folder` whose writer is a process of this machine that is no longer alive, and those
/// of other machines and containers once they are a day old. Other files stay. A folder that cannot be read
/// is left alone: writing to it will say why.
void remove_stale_parts(const std::filesystem::path& folder);

/// Throws IoError if `folder` could not be made or written to, without making anything: something else than a
/// folder is in the way, or the nearest existing folder above it refuses.
void check_folder_writable(const std::filesystem::path& folder);

}  // namespace zipml
