// SPDX-License-Identifier: Apache-2.0
#include "nn/checkpoint.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <torch/serialize.h>

#include <map>

#include "energy/error.hpp"
#include "traces/atomic_file.hpp"

namespace sumline {
namespace {

constexpr const char* kPythonFix =
    "write it with: torch.save({k: v.detach() for k, v in model.state_dict().items()}, \"FILE.pt\")";

bool contains(const std::string& bytes, const char* word) {
  return bytes.find(word) != std::string::npos;
}

/// What Torch's reader stumbled over: it supports a subset of pickle and reports its own internals.
std::string diagnosis(const std::string& bytes, const std::string& torch_message) {
  if (bytes.compare(0, 2, "PK") != 0) return "is not a zip-format .pt file";
  if (contains(torch_message, "isGenericDict()")) return "holds an OrderedDict, which LibTorch cannot read";
  if (contains(bytes, "_rebuild_parameter")) return "holds Parameters instead of tensors";
  if (contains(torch_message, "Unknown opcode")) {
    return "holds something else than a plain dict of two or more tensors";
  }
  return "cannot be read (" + torch_message.substr(0, torch_message.find('\n')) + ")";
}

bool is_bookkeeping(const std::string& name) {
  const std::string last = name.substr(name.rfind('.') + 1);
  return last == "size_product" || last == "memory_size" || last == "num_batches_tracked";
}

}  // namespace

void save_tensors(const std::filesystem::path& path, const std::vector<NamedTensor>& tensors) {
  c10::Dict<std::string, at::Tensor> dict;
  for (const NamedTensor& entry : tensors) dict.insert(entry.name, entry.tensor.detach().contiguous());
  const std::vector<char> bytes = torch::pickle_save(dict);
  write_file(path, {bytes.data(), bytes.size()});
}

std::vector<NamedTensor> load_tensors(const std::filesystem::path& path) {
  const std::string bytes = read_file(path);
  const auto refuse = [&](const std::string& what) {
    return Error(fmt::format("{}: {}: {}", path.string(), what, kPythonFix));
  };
  c10::IValue value;
  try {
    value = torch::pickle_load(std::vector<char>(bytes.begin(), bytes.end()));
  } catch (const c10::Error& error) {
    throw refuse(diagnosis(bytes, error.what_without_backtrace()));
  }
  if (!value.isGenericDict()) throw refuse("holds a " + value.tagKind() + " instead of a dict of tensors");
  std::vector<NamedTensor> tensors;
  for (const auto& entry : value.toGenericDict()) {
    if (!entry.key().isString()) throw refuse("has a key that is not a string");
    const std::string& name = entry.key().toStringRef();
    if (!entry.value().isTensor()) throw refuse("entry \"" + name + "\" is not a tensor");
    tensors.push_back({name, entry.value().toTensor()});
  }
  return tensors;
}

void load_state(Network& network, const std::vector<NamedTensor>& tensors, const std::string& place) {
  std::map<std::string, at::Tensor> given;
  for (const NamedTensor& entry : tensors) given.emplace(entry.name, entry.tensor);
  std::vector<std::string> missing;
  std::vector<std::string> surplus;
  std::vector<std::string> shapes;
  std::vector<std::pair<at::Tensor, at::Tensor>> copies;
  for (const NamedTensor& wanted : state_of(network)) {
    const auto found = given.find(wanted.name);
    if (found == given.end()) {
      if (!is_bookkeeping(wanted.name)) missing.push_back(wanted.name);
      continue;
    }
    if (found->second.sizes() != wanted.tensor.sizes()) {
      shapes.push_back(fmt::format("{} is [{}], must be [{}]", wanted.name,
                                   fmt::join(found->second.sizes(), ", "),
                                   fmt::join(wanted.tensor.sizes(), ", ")));
    }
    copies.emplace_back(wanted.tensor, found->second);
    given.erase(found);
  }
  for (const auto& entry : given) surplus.push_back(entry.first);
  if (!missing.empty() || !surplus.empty() || !shapes.empty()) {
    std::string message = place + ": does not fit the network";
    if (!missing.empty()) message += fmt::format("\n  missing: {}", fmt::join(missing, ", "));
    if (!surplus.empty()) message += fmt::format("\n  surplus: {}", fmt::join(surplus, ", "));
    if (!shapes.empty()) message += fmt::format("\n  wrong shape: {}", fmt::join(shapes, "; "));
    throw Error(message);
  }
  const at::NoGradGuard no_grad;
  for (auto& [target, source] : copies) target.copy_(source);
}

}  // namespace sumline
