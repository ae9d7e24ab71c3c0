// SPDX-License-Identifier: Apache-2.0
#include "nn/quantizers/uint_range.hpp"

#include <ATen/ATen.h>
#include <fmt/format.h>
#include <torch/autograd.h>

#include <algorithm>
#include <cmath>

#include "energy/error.hpp"
#include "nn/quantizers/elementwise.hpp"
#include "nn/quantizers/kernels.hpp"

namespace sumline {
namespace {

constexpr float kSmallestScale = 1e-7f;

struct UintFunction : torch::autograd::Function<UintFunction> {
  static at::Tensor forward(torch::autograd::AutogradContext*, const at::Tensor& x, double min, double scale,
                            double top) {
    return map_elements(x, [&](const float* in, float* out, std::size_t count) {
      uint_forward(in, out, count, static_cast<float>(min), static_cast<float>(scale),
                   static_cast<float>(top));
    });
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext*,
                                                 const torch::autograd::variable_list& gradients) {
    return {gradients[0], at::Tensor(), at::Tensor(), at::Tensor()};
  }
};

std::uint8_t code_of(float fraction, float top) {
  return static_cast<std::uint8_t>(std::nearbyint(std::clamp(fraction, 0.0f, 1.0f) * top));
}

}  // namespace

std::uint8_t UintRange::zero_code() const {
  return code_of(-min / scale, top_code());
}

std::uint8_t UintRange::reference_zero_code() const {
  return code_of(std::abs(min) / scale, top_code());
}

UintRange uint_range(const at::Tensor& x, std::uint32_t bits) {
  const at::Tensor values = x.detach().contiguous(x.suggest_memory_format());
  const auto [low, high] = find_extremes(values.data_ptr<float>(), static_cast<std::size_t>(values.numel()));
  return {low, (high - low) + kSmallestScale, bits};
}

at::Tensor uint_codes(const at::Tensor& x, const UintRange& range) {
  const at::Tensor in = x.contiguous(x.suggest_memory_format());
  at::Tensor codes = at::empty_like(in, at::kByte);
  const float* source = in.data_ptr<float>();
  std::uint8_t* target = codes.data_ptr<std::uint8_t>();
  at::parallel_for(0, in.numel(), at::internal::GRAIN_SIZE, [&](std::int64_t begin, std::int64_t end) {
    uint_encode(source + begin, target + begin, static_cast<std::size_t>(end - begin), range.min, range.scale,
                range.top_code());
  });
  return codes;
}

at::Tensor uint_values(const at::Tensor& x, const UintRange& range) {
  return UintFunction::apply(x, static_cast<double>(range.min), static_cast<double>(range.scale),
                             static_cast<double>(range.top_code()));
}

void require_quantizable(const UintRange& range, const char* what, bool constants) {
  if (!std::isfinite(range.min) || !std::isfinite(range.scale)) {
    throw Error(
        fmt::format("{}: a value is NaN or infinite: min/max quantisation needs finite values", what));
  }
  if (!constants && range.scale <= kSmallestScale) {
    throw Error(
        fmt::format("{}: all values are {}: min/max quantisation needs two different values (compat = "
                    "\"reference\" takes them as code 0)",
                    what, range.min));
  }
}

}  // namespace sumline
