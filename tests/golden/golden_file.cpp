// SPDX-License-Identifier: Apache-2.0
#include "tests/golden/golden_file.hpp"

#include <ATen/ATen.h>
#include <caffe2/serialize/inline_container.h>
#include <torch/csrc/jit/serialization/unpickler.h>

#include <cstdlib>
#include <cstring>
#include <iostream>
#include <map>
#include <stdexcept>

namespace sumline::test {
namespace {

/// A pickled dict of one entry ends in SETITEM 's', which Torch's unpickler lacks; a longer one is "(...u".
std::string with_setitems(std::string pickle) {
  const std::string head = "\x80\x02}q" + std::string(1, '\0');
  if (pickle.compare(0, head.size(), head) == 0 && pickle.substr(pickle.size() - 2) == "s.") {
    pickle.replace(pickle.size() - 2, 1, "u");
    pickle.insert(head.size(), "(");
  }
  return pickle;
}

c10::IValue unpickle(const std::string& path) {
  caffe2::serialize::PyTorchStreamReader archive(path);
  const auto [data, size] = archive.getRecord("data.pkl");
  const std::string pickle = with_setitems(std::string(static_cast<const char*>(data.get()), size));
  std::size_t position = 0;
  const auto read = [&](char* target, std::size_t count) {
    count = std::min(count, pickle.size() - position);
    std::memcpy(target, pickle.data() + position, count);
    position += count;
    return count;
  };
  const auto storage = [&](const std::string& name) {
    return std::get<0>(archive.getRecord("data/" + name));
  };
  return torch::jit::Unpickler(read, nullptr, nullptr, storage, c10::nullopt).parse_ivalue();
}

}  // namespace

struct GoldenFile::Entries {
  std::map<std::string, at::Tensor> tensors;
};

GoldenFile::GoldenFile(const std::string& path) {
  auto entries = std::make_shared<Entries>();
  for (const auto& entry : unpickle(path).toGenericDict()) {
    at::Tensor tensor = entry.value().toTensor().contiguous();
    if (tensor.scalar_type() == at::kHalf) tensor = tensor.to(at::kFloat);
    entries->tensors.emplace(entry.key().toStringRef(), tensor);
  }
  entries_ = std::move(entries);
}

bool GoldenFile::contains(const std::string& name) const {
  return entries_->tensors.count(name) != 0;
}

std::vector<std::string> GoldenFile::names() const {
  std::vector<std::string> names;
  for (const auto& entry : entries_->tensors) names.push_back(entry.first);
  return names;
}

const at::Tensor& GoldenFile::tensor(const std::string& name) const {
  const auto found = entries_->tensors.find(name);
  if (found == entries_->tensors.end()) throw std::runtime_error("no entry " + name + " in the golden file");
  return found->second;
}

std::vector<std::int64_t> GoldenFile::shape(const std::string& name) const {
  return tensor(name).sizes().vec();
}

std::vector<std::int64_t> GoldenFile::integers(const std::string& name) const {
  const at::Tensor values = tensor(name).to(at::kLong);
  return {values.data_ptr<std::int64_t>(), values.data_ptr<std::int64_t>() + values.numel()};
}

std::vector<double> GoldenFile::numbers(const std::string& name) const {
  const at::Tensor values = tensor(name).to(at::kDouble);
  return {values.data_ptr<double>(), values.data_ptr<double>() + values.numel()};
}

std::optional<GoldenFile> open_golden(const std::string& relative) {
  const char* folder = std::getenv("SUMLINE_GOLDEN");
  if (folder == nullptr) {
    std::cout << "SKIPPED: SUMLINE_GOLDEN is not set\n";
    return std::nullopt;
  }
  return GoldenFile(std::string(folder) + '/' + relative);
}

bool close(const at::Tensor& value, const at::Tensor& reference) {
  return at::allclose(value, reference, 1e-5, 1e-5 * reference.abs().max().item<double>());
}

}  // namespace sumline::test
