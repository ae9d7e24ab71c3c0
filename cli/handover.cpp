// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include <filesystem>

#include "cli/commands.hpp"
#include "energy/error.hpp"

namespace sumline::cli {

int run_training_side(const Command& /*command*/, char** argv) {
  const std::filesystem::path sibling =
      std::filesystem::read_symlink("/proc/self/exe").replace_filename("sumline-torch");
  execv(sibling.c_str(), argv);
  throw Error(sibling.string() +
              ": cannot be started: this command needs LibTorch; build the preset `release`");
}

}  // namespace sumline::cli
