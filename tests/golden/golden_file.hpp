// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace at {
class Tensor;
}

/// Reads the reference data (.pt dictionaries of tensors) below the folder that SUMLINE_GOLDEN names. Without
/// Torch in the header.
namespace sumline::test {

class GoldenFile {
 public:
  /// @param path of a zip-format torch.save of dict[str, Tensor]
  explicit GoldenFile(const std::string& path);

  bool contains(const std::string& name) const;
  std::vector<std::string> names() const;
  std::vector<std::int64_t> shape(const std::string& name) const;
  std::vector<std::int64_t> integers(const std::string& name) const;  ///< flattened, row-major
  std::vector<double> numbers(const std::string& name) const;         ///< flattened, row-major
  std::int64_t integer(const std::string& name) const { return integers(name).at(0); }
  double number(const std::string& name) const { return numbers(name).at(0); }
  /// float16 is widened to float32.
  const at::Tensor& tensor(const std::string& name) const;

 private:
  struct Entries;
  std::shared_ptr<const Entries> entries_;
};

/// The file SUMLINE_GOLDEN/`relative`; nothing where the variable is unset, having printed what CTest reads
/// as "skipped".
std::optional<GoldenFile> open_golden(const std::string& relative);

/// rtol 1e-5, atol 1e-5 of the largest reference value.
bool close(const at::Tensor& value, const at::Tensor& reference);

inline std::uint32_t u32(std::int64_t value) {
  return static_cast<std::uint32_t>(value);
}

}  // namespace sumline::test
