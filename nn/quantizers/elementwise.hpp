// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <cstddef>
#include <cstdint>

/// Array kernels over float32 tensors, on Torch's threads. Elements do not interact: the thread count changes
/// nothing.
namespace sumline {

/// @param kernel called as kernel(x, y, count) on contiguous pieces
template <typename Kernel>
at::Tensor map_elements(const at::Tensor& x, const Kernel& kernel) {
  TORCH_CHECK(x.scalar_type() == at::kFloat, "quantisers take float32 tensors");
  const at::Tensor in = x.contiguous(x.suggest_memory_format());
  at::Tensor out = at::empty_like(in);
  const float* source = in.data_ptr<float>();
  float* target = out.data_ptr<float>();
  at::parallel_for(0, in.numel(), at::internal::GRAIN_SIZE, [&](std::int64_t begin, std::int64_t end) {
    kernel(source + begin, target + begin, static_cast<std::size_t>(end - begin));
  });
  return out;
}

/// @param kernel called as kernel(x, g, y, count) on contiguous pieces of x and g, which have one shape
template <typename Kernel>
at::Tensor map_elements(const at::Tensor& x, const at::Tensor& g, const Kernel& kernel) {
  const at::Tensor in = x.contiguous(x.suggest_memory_format());
  const at::Tensor gradient = g.contiguous(x.suggest_memory_format());
  at::Tensor out = at::empty_like(in);
  const float* first = in.data_ptr<float>();
  const float* second = gradient.data_ptr<float>();
  float* target = out.data_ptr<float>();
  at::parallel_for(0, in.numel(), at::internal::GRAIN_SIZE, [&](std::int64_t begin, std::int64_t end) {
    kernel(first + begin, second + begin, target + begin, static_cast<std::size_t>(end - begin));
  });
  return out;
}

}  // namespace sumline
