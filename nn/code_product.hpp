// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

#include <functional>
#include <memory>
#include <vector>

#include "nn/arithmetic.hpp"
#include "nn/quantizers/uint_range.hpp"

namespace sumline {

struct CodeWidths {
  std::uint32_t weights = 8;      ///< bits, 1..8
  std::uint32_t activations = 8;  ///< bits, 1..8
};

/// What a layer multiplies: a linear layer is a convolution over maps of one pixel.
struct ProductShape {
  std::uint32_t kernel = 1;
  std::uint32_t stride = 1;
  std::uint32_t padding = 0;
  bool convolution = false;
};

/// Standard normal numbers in the shape and layout of `like`.
using NoiseSource = std::function<at::Tensor(const at::Tensor& like)>;
/// From Torch's generator: seed it for repeatable noise.
at::Tensor gaussian_noise(const at::Tensor& like);

/// Products of quantised maps and weights as integers, dequantised:
///     y = M s_w s_x / (Q_w Q_x) + b_x sum(w) + b_w sum(x) - b_w b_x N + bias
/// with the M of inference or simulation. Weights stay prepared until they change.
class CodeProduct {
 public:
  CodeProduct(const ProductShape& shape, const CodeWidths& widths) : shape_(shape), widths_(widths) {}

  /// @param x [images, channels, height, width] @param weight [outputs, channels, kernel, kernel]
  /// @param bias [outputs] or undefined @returns [images, outputs, out_height, out_width]
  /// @throws Error for values that cannot be quantised, and as pac_rule()
  at::Tensor forward(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias,
                     const Arithmetic& arithmetic, const NoiseSource& noise);

  /// Class of dynamic configuration of each output position of the last forward(), images first.
  const std::vector<std::uint8_t>& classes() const { return classes_; }

 private:
  struct Prepared;
  struct Input;

  void prepare(const at::Tensor& x, const at::Tensor& weight, const Arithmetic& arithmetic);
  at::Tensor run(const Input& input, const Arithmetic& arithmetic, double scale,
                 const std::vector<double>& offset, double code_sum_factor);
  at::Tensor border_quirk(const Input& input) const;

  const ProductShape shape_;
  const CodeWidths widths_;
  std::shared_ptr<const Prepared> prepared_;
  std::vector<std::uint8_t> classes_;
};

}  // namespace sumline
