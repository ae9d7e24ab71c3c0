// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "nn/bitwise_layers.hpp"
#include "tests/golden/golden_file.hpp"

/// What the tests against PACiM's reference data share.
namespace sumline::test {

/// A layer of a golden file: shape and widths from `meta`, parameters loaded, compatibility "reference".
struct PacimLayer {
  std::uint32_t inputs = 0;  ///< channels or features
  std::uint32_t outputs = 0;
  ProductShape shape;
  CodeWidths widths;
  std::shared_ptr<BitwiseConv2d> convolution;
  std::shared_ptr<BitwiseLinear> linear;

  explicit PacimLayer(const GoldenFile& golden);
  BitwiseLayer& layer() const;
  at::Tensor forward(const at::Tensor& x) const;
};

/// A uint8 tensor's elements, row-major.
std::vector<std::uint8_t> bytes(const at::Tensor& codes);

/// |value - reference| <= tolerance everywhere.
bool within(const at::Tensor& value, const at::Tensor& reference, double tolerance);

/// |value - reference| <= tolerance * max |reference|.
bool close_to_largest(const at::Tensor& value, const at::Tensor& reference, double tolerance);

}  // namespace sumline::test
