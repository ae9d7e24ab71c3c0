// SPDX-License-Identifier: Apache-2.0
#include "nn/training_state.hpp"

#include <torch/types.h>

#include <map>

#include "energy/error.hpp"
#include "nn/checkpoint.hpp"

namespace sumline {
namespace {

constexpr const char* kModel = "model.";
constexpr const char* kCounts = "counts";
constexpr const char* kSums = "sums";

/// The rest of `name` behind `prefix`, empty where it does not start with it.
std::string without(const std::string& name, const std::string& prefix) {
  return name.compare(0, prefix.size(), prefix) == 0 ? name.substr(prefix.size()) : std::string();
}

at::Tensor demand(const std::map<std::string, at::Tensor>& entries, const std::string& name,
                  const std::filesystem::path& path) {
  const auto found = entries.find(name);
  if (found == entries.end())
    throw Error(path.string() + ": no entry \"" + name + "\": not a saved training run");
  return found->second;
}

}  // namespace

void save_training(const std::filesystem::path& path, const Network& network, const Optimizer& optimizer,
                   const Position& position) {
  std::vector<NamedTensor> entries;
  for (const NamedTensor& entry : state_of(network)) entries.push_back({kModel + entry.name, entry.tensor});
  for (const NamedTensor& entry : optimizer.state()) entries.push_back(entry);
  const auto integer = [](std::uint64_t value) { return static_cast<std::int64_t>(value); };
  entries.push_back({kCounts, torch::tensor({integer(position.epoch), integer(position.batch),
                                             integer(position.images), integer(position.correct)})});
  entries.push_back({kSums, torch::tensor({position.loss, position.seconds}, at::kDouble)});
  save_tensors(path, entries);
}

Position load_training(const std::filesystem::path& path, Network& network, Optimizer& optimizer) {
  std::map<std::string, at::Tensor> entries;
  std::vector<NamedTensor> model;
  for (const NamedTensor& entry : load_tensors(path)) {
    entries.emplace(entry.name, entry.tensor);
    const std::string name = without(entry.name, kModel);
    if (!name.empty()) model.push_back({name, entry.tensor});
  }
  load_state(network, model, path.string());
  optimizer.restore(entries, path.string());
  const at::Tensor counts = demand(entries, kCounts, path);
  const at::Tensor sums = demand(entries, kSums, path);
  const auto count = [&](int i) { return static_cast<std::uint64_t>(counts[i].item<std::int64_t>()); };
  return {static_cast<std::uint32_t>(count(0)),
          count(1),
          count(2),
          count(3),
          sums[0].item<double>(),
          sums[1].item<double>()};
}

}  // namespace sumline
