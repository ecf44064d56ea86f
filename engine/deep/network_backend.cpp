#include <dlfcn.h>

#include <filesystem>
#include <string>

#include "engine/deep/network_gradient.h"
#include "engine/deep/torch_interface.h"

namespace zipml {
namespace {

struct Loaded {
  const NetworkBackend* backend = nullptr;
  std::string problem;
};

constexpr const char* kAdvice = "./run_all.sh --with-torch installs LibTorch and builds it in";

Loaded load() {
  std::error_code error;
  const std::filesystem::path folder = std::filesystem::read_symlink("/proc/self/exe", error).parent_path();
  std::filesystem::path part = folder / "libzipml_torch.so";
  if (!std::filesystem::exists(part, error)) part = folder.parent_path() / "lib/zipml/libzipml_torch.so";
  if (folder.empty() || !std::filesystem::exists(part, error)) {
    return {nullptr, std::string("this program was built without LibTorch; ") + kAdvice};
  }
  void* library = ::dlopen(part.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    return {nullptr, std::string("the LibTorch part cannot be loaded (") + ::dlerror() + "); " + kAdvice};
  }
  const auto make = reinterpret_cast<TorchEntry>(::dlsym(library, kTorchEntryName));
  if (make == nullptr) return {nullptr, part.string() + " is of another version; build it again"};
  return {make(), {}};
}

const Loaded& loaded() {
  static const Loaded instance = load();
  return instance;
}

}  // namespace

const NetworkBackend* network_backend() { return loaded().backend; }
std::string network_backend_problem() { return loaded().problem; }

}  // namespace zipml
