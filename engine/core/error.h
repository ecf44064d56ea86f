#pragma once

#include <stdexcept>
#include <string>

namespace zipml {

/// The user's input is wrong: a config, an option or a data file. The message is complete (it names the file
/// and the place, what was found and what is allowed); the program prints it and exits with 2.
class InputError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The machine refused: no space, no permission, a directory in the way. The message names the path; exit
/// code 1.
class IoError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A file could not be written for a reason that lies in its folder or disk, so that the next file there will
/// most likely fare the same.
class WriteError : public IoError {
 public:
  using IoError::IoError;
};

}  // namespace zipml
