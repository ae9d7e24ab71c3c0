// SPDX-License-Identifier: Apache-2.0
#include "tests/golden/pacim.hpp"

#include <torch/types.h>

namespace sumline::test {
namespace {

/// [Cin, Cout, k, stride, pad, bias, wbit, xbit] or [in, out, bias, wbit, xbit]; files without it are 8 bits
/// wide, of stride 1 and size-preserving.
std::vector<std::int64_t> meta_of(const GoldenFile& golden) {
  if (golden.contains("meta")) return golden.integers("meta");
  const auto shape = golden.shape("weight");
  return {shape[1], shape[0], shape[2], 1, shape[2] / 2, 0, 8, 8};
}

}  // namespace

PacimLayer::PacimLayer(const GoldenFile& golden) {
  const auto meta = meta_of(golden);
  const std::size_t bits = meta.size() - 2;
  inputs = u32(meta[0]);
  outputs = u32(meta[1]);
  widths = {u32(meta[bits]), u32(meta[bits + 1])};
  const bool bias = meta[bits - 1] != 0;
  if (meta.size() == 8) {
    shape = {u32(meta[2]), u32(meta[3]), u32(meta[4]), true};
    convolution = std::make_shared<BitwiseConv2d>(inputs, outputs, shape, bias, widths);
  } else {
    linear = std::make_shared<BitwiseLinear>(inputs, outputs, bias, widths);
  }
  const at::NoGradGuard no_grad;
  layer().weight.copy_(golden.tensor("weight"));
  if (bias) layer().bias.copy_(golden.tensor("bias"));
  layer().arithmetic.compatibility = Compatibility::reference;
}

BitwiseLayer& PacimLayer::layer() const {
  if (convolution) return *convolution;
  return *linear;
}

at::Tensor PacimLayer::forward(const at::Tensor& x) const {
  return convolution ? convolution->forward(x) : linear->forward(x);
}

std::vector<std::uint8_t> bytes(const at::Tensor& codes) {
  const at::Tensor flat = codes.contiguous();
  return {flat.data_ptr<std::uint8_t>(), flat.data_ptr<std::uint8_t>() + flat.numel()};
}

bool within(const at::Tensor& value, const at::Tensor& reference, double tolerance) {
  return value.sizes() == reference.sizes() && value.sub(reference).abs().max().item<double>() <= tolerance;
}

bool close_to_largest(const at::Tensor& value, const at::Tensor& reference, double tolerance) {
  return within(value, reference, tolerance * reference.abs().max().item<double>());
}

}  // namespace sumline::test
