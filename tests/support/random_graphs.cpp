// SPDX-License-Identifier: Apache-2.0
#include "tests/support/random_graphs.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "components/model/accumulator_range.hpp"
#include "tests/support/dice.hpp"

namespace sumline::test {
namespace {

class GraphBuilder {
 public:
  GraphBuilder(std::uint64_t seed, GraphCodes codes) : dice_(seed), mixed_(codes == GraphCodes::mixed) {
    workload_.network = "graph-" + std::to_string(seed);
    workload_.image = {dice_.within(1, 3), dice_.within(4, 7), dice_.within(4, 7)};
    workload_.image_format = draw_format();
  }

  Workload build(std::uint64_t images) {
    std::int32_t map = convolution(-1, dice_.within(2, 5), 3, dice_.within(1, 2), true);
    if (dice_.flip_coin()) map = max_pool(map);
    const std::uint32_t blocks = dice_.within(1, 2);
    for (std::uint32_t number = 0; number < blocks; ++number) map = block(map);
    if (dice_.flip_coin()) {  // the largest sums, then their average
      map = max_pool(convolution(map, dice_.within(1, 4), 3, 1, false));
    }
    logits(dice_.flip_coin() || content_of(workload_, map) == Content::sums ? average(map) : map);
    for (std::uint64_t index = 0; index < images * workload_.image.size(); ++index) {
      workload_.image_codes.push_back(draw_code(workload_.image_format));
    }
    for (std::uint64_t image = 0; image < images; ++image) {
      workload_.labels.push_back(
          static_cast<std::uint8_t>(dice_.below(workload_.layers.back().out.channels)));
    }
    validate(workload_);
    return workload_;
  }

 private:
  CodeFormat draw_format() {
    switch (mixed_ ? dice_.below(4) : 0) {
      case 0:
        return {Encoding::unsigned_binary, dice_.within(1, 8)};
      case 1:
        return {Encoding::ternary, 2};
      default:
        return {Encoding::mid_rise, dice_.within(1, 8)};
    }
  }
  std::uint8_t draw_code(const CodeFormat& format) {
    return static_cast<std::uint8_t>(dice_.below(3) == 0 ? 0 : dice_.below(format.levels()));
  }
  const Layer& layer(std::int32_t index) const { return workload_.layers[static_cast<std::size_t>(index)]; }

  Layer reader(LayerKind kind, std::int32_t input) {
    Layer next;
    next.name = "layers." + std::to_string(workload_.layers.size());
    next.kind = kind;
    next.input = input;
    next.in = input < 0 ? workload_.image : layer(input).out;
    if (content_of(workload_, input) == Content::codes) next.activations = format_of(workload_, input);
    return next;
  }

  /// Reads a wide mid-rise map with fewer levels, now and then.
  void narrow(Layer& next) {
    if (next.activations.encoding != Encoding::mid_rise || dice_.flip_coin()) return;
    std::uint32_t bits = next.activations.bits;
    while (bits > 1 && (next.activations.bits % bits != 0 || bits == next.activations.bits)) --bits;
    next.activations.bits = bits;
  }

  void set_window(Layer& next, std::uint32_t kernel, std::uint32_t stride, std::uint32_t padding,
                  std::uint32_t channels) {
    next.kernel = kernel;
    next.stride = stride;
    next.padding = padding;
    const auto extent = [&](std::uint32_t size) { return (size + 2 * padding - kernel) / stride + 1; };
    next.out = {channels, extent(next.in.height), extent(next.in.width)};
  }

  void set_weights(Layer& next) {
    next.exact = mixed_ || dice_.below(4) == 0;
    const std::uint32_t kind = dice_.below(5);
    next.weights =
        kind == 0 ? CodeFormat{Encoding::ternary, 2}
                  : CodeFormat{kind < 3 ? Encoding::unsigned_binary : Encoding::mid_rise, dice_.within(1, 8)};
    for (std::size_t index = 0; index < next.rows() * next.out.channels; ++index) {
      next.weight_codes.push_back(draw_code(next.weights));
    }
    if (next.padding > 0 && (dice_.flip_coin() || next.activations.bits == 8)) {
      for (std::uint32_t channel = 0; channel < next.in.channels; ++channel) {
        next.padding_codes.push_back(draw_code(next.activations));
      }
    }
  }

  /// Factors that spread z over about `range`, of either sign.
  std::vector<double> factors(const Layer& next, double range, std::uint64_t largest) {
    std::vector<double> values;
    for (std::uint32_t channel = 0; channel < next.out.channels; ++channel) {
      const double sign = dice_.below(3) == 0 ? -1 : 1;
      values.push_back(sign * range * (0.5 + 4 * dice_.share()) /
                       static_cast<double>(std::max<std::uint64_t>(largest, 1)));
    }
    return values;
  }

  /// What turns the sums of the last layer into codes of `format`, or into logits.
  void set_affine(const CodeFormat* format) {
    const std::size_t index = workload_.layers.size() - 1;
    const auto largest = largest_accumulators(workload_);
    Layer& next = workload_.layers[index];
    next.requantize = format != nullptr;
    if (next.requantize) next.quantizer = {*format, 0.1 + 0.2 * dice_.share(), {}, {}};
    const double range = next.requantize ? next.quantizer.step * format->levels() : 1;
    next.scale = factors(next, range, largest[index]);
    if (next.has_weights() && next.activations.encoding == Encoding::unsigned_binary && dice_.below(3) == 0) {
      next.sum_scale = factors(next, range, next.rows() * (next.activations.levels() - 1));
    }
    if (next.residual >= 0)
      next.residual_scale = factors(next, range, largest_residual(workload_, largest, index));
    const double lowest = !next.requantize || format->encoding == Encoding::unsigned_binary ? -0.2 : -0.5;
    for (std::uint32_t channel = 0; channel < next.out.channels; ++channel) {
      next.offset.push_back(range * (lowest + dice_.share()));
    }
    if (next.requantize) set_boundaries(next);
  }

  void set_boundaries(Layer& next) {
    OutputQuantizer& quantizer = next.quantizer;
    const double shift = quantizer.format.encoding == Encoding::mid_rise
                             ? std::exp2(quantizer.format.bits - 1.0)
                         : quantizer.format.encoding == Encoding::ternary ? 1.5
                                                                          : 0.5;
    const bool even = dice_.flip_coin();
    std::vector<double> boundaries;
    for (std::uint32_t code = 1; code < quantizer.format.levels(); ++code) {
      boundaries.push_back(quantizer.step * (code - shift + (even ? 0 : 2 * dice_.share())));
    }
    std::sort(boundaries.begin(), boundaries.end());
    if (!next.affine_of_one()) {
      quantizer.boundaries = boundaries;
      return;
    }
    for (std::uint32_t channel = 0; channel < next.out.channels; ++channel) {
      for (const double boundary : boundaries) {
        const double root = (boundary - next.offset[channel]) / next.scale[channel];
        quantizer.thresholds.push_back(
            static_cast<std::int64_t>(next.scale[channel] > 0 ? std::ceil(root) : std::floor(root)));
      }
    }
  }

  std::int32_t add(const Layer& next, bool codes) {
    workload_.layers.push_back(next);
    if (codes) {
      const CodeFormat format = draw_format();
      set_affine(&format);
    }
    return static_cast<std::int32_t>(workload_.layers.size()) - 1;
  }

  std::int32_t convolution(std::int32_t input, std::uint32_t channels, std::uint32_t kernel,
                           std::uint32_t stride, bool codes, std::int32_t residual = -1) {
    Layer next = reader(LayerKind::convolution, input);
    narrow(next);
    next.residual = residual;
    set_window(next, kernel, stride, kernel / 2, channels);
    set_weights(next);
    return add(next, codes);
  }

  /// A window somewhere on the map; padded, where the codes can tell it.
  void set_pool_window(Layer& next, std::uint32_t kernel, std::uint32_t stride) {
    const bool padded = next.activations.encoding != Encoding::mid_rise || next.activations.bits < 8;
    set_window(next, kernel, stride, padded ? kernel / 2 : 0, next.in.channels);
  }

  std::int32_t max_pool(std::int32_t input) {
    Layer next = reader(LayerKind::max_pool, input);
    narrow(next);
    set_pool_window(next, dice_.within(1, std::min(3U, std::min(next.in.height, next.in.width))),
                    dice_.within(1, 2));
    return add(next, false);
  }

  /// Two convolutions around which the map, or what a 1x1 convolution makes of it, is added: to the sums, to
  /// their largest or to those that are averaged.
  std::int32_t block(std::int32_t input) {
    const bool as_it_is = dice_.flip_coin();
    const std::uint32_t stride = as_it_is ? 1 : dice_.within(1, 2);
    const std::uint32_t channels = as_it_is ? layer(input).out.channels : dice_.within(1, 5);
    const std::int32_t first = convolution(input, channels, 3, stride, true);
    std::int32_t shortcut = input;
    if (!as_it_is) {
      shortcut = convolution(input, channels, 1, stride, false);
      workload_.layers.back().exact = true;
    }
    const std::uint32_t way = dice_.below(4);
    if (way > 1) return convolution(first, channels, 3, 1, true, shortcut);
    Layer next = reader(way == 0 ? LayerKind::max_pool : LayerKind::average_pool,
                        convolution(first, channels, 3, 1, false));
    next.residual = shortcut;
    set_window(next, 3, way == 0 ? 1 : dice_.within(1, 2), 1, channels);
    return add(next, true);
  }

  std::int32_t average(std::int32_t input) {
    Layer next = reader(LayerKind::average_pool, input);
    narrow(next);
    set_pool_window(next, dice_.within(1, std::min(3U, std::min(next.in.height, next.in.width))),
                    dice_.within(1, 2));
    return add(next, true);
  }

  void logits(std::int32_t input) {
    Layer next = reader(LayerKind::linear, input);
    narrow(next);
    next.in = {static_cast<std::uint32_t>(next.in.size()), 1, 1};
    next.out = {dice_.within(2, 12), 1, 1};
    set_weights(next);
    add(next, false);
    set_affine(nullptr);
  }

  Dice dice_;
  const bool mixed_;
  Workload workload_;
};

}  // namespace

Workload random_graph(std::uint64_t seed, GraphCodes codes, std::uint64_t images) {
  return GraphBuilder(seed, codes).build(images);
}

}  // namespace sumline::test
