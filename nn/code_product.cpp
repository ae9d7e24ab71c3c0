// SPDX-License-Identifier: Apache-2.0
#include "nn/code_product.hpp"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include "components/model/pac_layer.hpp"
#include "nn/rule_products.hpp"

namespace sumline {
namespace {

constexpr std::int64_t kPositionsPerTask = 48;

std::span<const std::uint8_t> bytes(const at::Tensor& tensor) {
  return {tensor.data_ptr<std::uint8_t>(), static_cast<std::size_t>(tensor.numel())};
}

std::vector<double> to_doubles(const at::Tensor& values) {
  const at::Tensor flat = values.detach().to(at::kDouble).contiguous();
  return {flat.data_ptr<double>(), flat.data_ptr<double>() + flat.numel()};
}

bool is_reference(const Arithmetic& arithmetic) {
  return arithmetic.compatibility == Compatibility::reference;
}

}  // namespace

at::Tensor gaussian_noise(const at::Tensor& like) {
  if (!like.is_non_overlapping_and_dense()) return at::randn_like(like);
  // Torch fills contiguous memory several times as fast as channels-last maps.
  return at::randn({like.numel()}, like.options()).as_strided(like.sizes(), like.strides());
}

/// Weights as the engine wants them, and what they were made from.
struct CodeProduct::Prepared {
  at::Tensor source;
  std::uint32_t version;
  UintRange range;
  std::vector<std::uint8_t> codes;  ///< [outputs, channels, kernel, kernel]
  std::vector<double> sums;         ///< [outputs] of the dequantised weights
  PacLayer layer;
};

/// Maps as the engine wants them.
struct CodeProduct::Input {
  UintRange range;
  at::Tensor codes;  ///< [images, channels, height, width], channels last
  std::uint8_t pad_code;

  double step() const { return static_cast<double>(range.scale) / range.top_code(); }
};

void CodeProduct::prepare(const at::Tensor& x, const at::Tensor& weight, const Arithmetic& arithmetic) {
  const Shape in{static_cast<std::uint32_t>(x.size(1)), static_cast<std::uint32_t>(x.size(2)),
                 static_cast<std::uint32_t>(x.size(3))};
  const PacRule rule = pac_rule(arithmetic, widths_.weights, widths_.activations, shape_.convolution);
  if (prepared_ && prepared_->source.data_ptr() == weight.data_ptr() &&
      prepared_->version == weight._version() && prepared_->layer.geometry().in == in &&
      prepared_->layer.products().rule() == rule) {
    return;
  }
  const UintRange range = uint_range(weight, widths_.weights);
  require_quantizable(range, "weights", is_reference(arithmetic));
  const at::Tensor codes = uint_codes(weight.detach().contiguous(), range);
  const double step = static_cast<double>(range.scale) / range.top_code();
  const double rows = static_cast<double>(weight[0].numel());
  const at::Tensor sums = codes.flatten(1).sum(1).to(at::kDouble).mul(step).add(range.min * rows);
  const std::span<const std::uint8_t> all = bytes(codes);
  prepared_ = std::make_shared<const Prepared>(
      Prepared{weight,
               static_cast<std::uint32_t>(weight._version()),
               range,
               {all.begin(), all.end()},
               to_doubles(sums),
               PacLayer(all, static_cast<std::size_t>(weight.size(0)),
                        {in, shape_.kernel, shape_.stride, shape_.padding}, rule)});
}

at::Tensor CodeProduct::run(const Input& input, const Arithmetic& arithmetic, double scale,
                            const std::vector<double>& offset, double code_sum_factor) {
  const PacLayer& layer = prepared_->layer;
  const WindowGeometry& geometry = layer.geometry();
  const auto images = input.codes.size(0);
  const auto outputs = static_cast<std::int64_t>(layer.products().outputs());
  const auto positions = images * static_cast<std::int64_t>(geometry.positions());
  at::Tensor results = at::empty({images, geometry.out_height(), geometry.out_width(), outputs});
  const std::span<float> all(results.data_ptr<float>(), static_cast<std::size_t>(results.numel()));
  const Dequantizer dequantizer{scale, offset, code_sum_factor};
  classes_.assign(static_cast<std::size_t>(positions), 0);
  at::parallel_for(0, positions, kPositionsPerTask, [&](std::int64_t first, std::int64_t last) {
    const PositionRange range{static_cast<std::size_t>(first), static_cast<std::size_t>(last)};
    const auto part =
        all.subspan(range.begin * layer.products().outputs(), range.size() * layer.products().outputs());
    if (arithmetic.mode == ArithmeticMode::simulation && arithmetic.rule) {
      apply_rule(arithmetic.rule, {geometry, prepared_->codes, widths_.weights},
                 {bytes(input.codes), input.pad_code, widths_.activations}, range, dequantizer, part);
    } else {
      layer.run(bytes(input.codes), input.pad_code, range, dequantizer, part,
                std::span(classes_).subspan(range.begin, range.size()));
    }
  });
  return results.permute({0, 3, 1, 2});
}

/// The original sums the dequantised map with its border set to the zero CODE instead of the value of that
/// code: what this adds to an output, before the weights' minimum. [1, 1, out_height, out_width]
at::Tensor CodeProduct::border_quirk(const Input& input) const {
  const WindowGeometry& geometry = prepared_->layer.geometry();
  const double wrong = input.range.reference_zero_code();
  const double right = input.pad_code * input.step() + input.range.min;
  at::Tensor cells = at::empty({1, 1, geometry.out_height(), geometry.out_width()});
  for (std::size_t p = 0; p < geometry.positions(); ++p) {
    cells.data_ptr<float>()[p] = static_cast<float>(padded_cells(geometry, p));
  }
  return cells.mul(wrong - right);
}

at::Tensor CodeProduct::forward(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias,
                                const Arithmetic& arithmetic, const NoiseSource& noise) {
  const at::NoGradGuard no_grad;
  const bool reference = is_reference(arithmetic);
  const bool inference = arithmetic.mode == ArithmeticMode::inference;
  prepare(x, weight, arithmetic);
  Input input{uint_range(x, widths_.activations), {}, 0};
  require_quantizable(input.range, "activations", reference);
  input.codes = uint_codes(x.contiguous(at::MemoryFormat::ChannelsLast), input.range);
  input.pad_code = reference ? input.range.reference_zero_code() : input.range.zero_code();
  if (reference && inference) input.pad_code = 0;

  const UintRange& weights = prepared_->range;
  const double scale = static_cast<double>(weights.scale) / weights.top_code() * input.step();
  std::vector<double> offset =
      bias.defined() ? to_doubles(bias) : std::vector<double>(prepared_->sums.size(), 0);
  for (std::size_t o = 0; o < offset.size(); ++o) offset[o] += input.range.min * prepared_->sums[o];
  at::Tensor y = run(input, arithmetic, scale, offset, weights.min * input.step());

  const at::Tensor bias_twice = reference && inference && shape_.convolution && bias.defined()
                                    ? bias.view({1, -1, 1, 1})
                                    : at::Tensor();
  if (reference && shape_.padding > 0) y.add_(border_quirk(input), weights.min);
  if (bias_twice.defined()) y.add_(bias_twice, scale);
  if (inference && arithmetic.trim_noise > 0) {
    at::Tensor products = run(input, arithmetic, 1, {}, 0);
    if (bias_twice.defined()) products.add_(bias_twice);
    y.add_(noise(products).mul_(products), scale * arithmetic.trim_noise);
  }
  return y;
}

}  // namespace sumline
