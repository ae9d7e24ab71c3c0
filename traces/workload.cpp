// SPDX-License-Identifier: Apache-2.0
#include "traces/workload.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "energy/error.hpp"

namespace sumline {
namespace {

/// Keeps every product of extents far from 64-bit overflow.
constexpr std::uint32_t kMaxExtent = 1U << 20U;
constexpr std::uint64_t kMaxMapSize = std::uint64_t{1} << 31U;

std::string text(const Shape& shape) {
  return fmt::format("{}x{}x{}", shape.channels, shape.height, shape.width);
}

std::string text(const CodeFormat& format) {
  return fmt::format("{} bit {}", format.bits, name(format.encoding));
}

/// Reports violations at one place: the workload, or one of its layers.
class Checker {
 public:
  explicit Checker(std::string place) : place_(std::move(place)) {}

  template <class Found>
  void require(bool holds, const char* field, const Found& found, const std::string& rule) const {
    if (!holds) throw Error(fmt::format("{}: {} = {}: {}", place_, field, found, rule));
  }

  void shape(const char* field, const Shape& shape) const {
    for (const std::uint32_t extent : {shape.channels, shape.height, shape.width})
      require(extent >= 1 && extent <= kMaxExtent, field, text(shape),
              fmt::format("every extent must lie in 1..{}", kMaxExtent));
    require(shape.size() <= kMaxMapSize, field, text(shape),
            fmt::format("a map holds at most {} values", kMaxMapSize));
  }

  void format(const char* field, const CodeFormat& format) const {
    require(format.bits >= 1 && format.bits <= 8, field, text(format), "codes have 1 to 8 bits");
  }

  void count(const char* field, std::size_t found, std::size_t expected, const char* meaning) const {
    require(found == expected, field, fmt::format("{} values", found),
            fmt::format("must hold {} = {}", meaning, expected));
  }

  void codes(const char* field, const std::vector<std::uint8_t>& codes, std::uint32_t bits) const {
    const auto worst = std::max_element(codes.begin(), codes.end());
    require(worst == codes.end() || *worst < (1U << bits), field,
            worst == codes.end() ? 0U : unsigned{*worst},
            fmt::format("a code of {} bits lies in 0..{}", bits, (1U << bits) - 1));
  }

 private:
  std::string place_;
};

/// The codes a layer (or the images, source = -1) hands on.
CodeFormat format_of(const Workload& workload, std::int32_t source) {
  if (source < 0) return workload.image_format;
  const Layer& layer = workload.layers[static_cast<std::size_t>(source)];
  return layer.has_weights() ? CodeFormat{Encoding::unsigned_binary, layer.quantizer.bits}
                             : layer.activations;
}

Shape shape_of(const Workload& workload, std::int32_t source) {
  return source < 0 ? workload.image : workload.layers[static_cast<std::size_t>(source)].out;
}

void check_source(const Workload& workload, std::size_t index, const Checker& check) {
  const Layer& layer = workload.layers[index];
  check.require(
      layer.input >= -1 && layer.input < static_cast<std::int64_t>(index), "input", layer.input,
      fmt::format("must name an earlier layer, -1 (the images) to {}", static_cast<std::int64_t>(index) - 1));
  check.require(layer.input < 0 || !workload.layers[static_cast<std::size_t>(layer.input)].has_weights() ||
                    workload.layers[static_cast<std::size_t>(layer.input)].requantize,
                "input", layer.input, "that layer yields logits, which no layer can read");

  const Shape source = shape_of(workload, layer.input);
  const bool flattened =
      layer.kind == LayerKind::linear && layer.in.positions() == 1 && layer.in.size() == source.size();
  check.require(layer.in == source || flattened, "in", text(layer.in),
                "must equal the map it reads, " + text(source));
  const CodeFormat format = format_of(workload, layer.input);
  check.require(layer.activations == format, "activations", text(layer.activations),
                "must equal the codes it reads, " + text(format));
}

void check_window(const Layer& layer, const Checker& check) {
  check.require(layer.kernel >= 1 && layer.kernel <= kMaxExtent, "kernel", layer.kernel,
                fmt::format("must lie in 1..{}", kMaxExtent));
  check.require(layer.stride >= 1, "stride", layer.stride, "must be at least 1");
  check.require(layer.padding < layer.kernel, "padding", layer.padding,
                "must be smaller than the kernel, or windows would hold padding only");
  const auto extent = [&](const char* field, std::uint32_t in, std::uint32_t out) {
    const std::uint32_t padded = in + 2 * layer.padding;
    check.require(layer.kernel <= padded, "kernel", layer.kernel,
                  fmt::format("must fit into the padded {} of {}", field, padded));
    const std::uint32_t expected = (padded - layer.kernel) / layer.stride + 1;
    check.require(out == expected, "out", text(layer.out),
                  fmt::format("the {} must be (in + 2 padding - kernel) / stride + 1 = {}", field, expected));
  };
  extent("height", layer.in.height, layer.out.height);
  extent("width", layer.in.width, layer.out.width);
}

void check_geometry(const Layer& layer, const Checker& check) {
  check.shape("in", layer.in);
  check.shape("out", layer.out);
  if (layer.kind == LayerKind::linear) {
    check.require(layer.kernel == 1 && layer.stride == 1 && layer.padding == 0, "kernel/stride/padding",
                  fmt::format("{}/{}/{}", layer.kernel, layer.stride, layer.padding),
                  "a linear layer has 1/1/0");
    check.require(layer.out.positions() == 1, "out", text(layer.out), "a linear layer yields Nx1x1");
    return;
  }
  check_window(layer, check);
  if (layer.kind == LayerKind::max_pool)
    check.require(layer.out.channels == layer.in.channels, "out", text(layer.out),
                  fmt::format("pooling keeps the {} channels", layer.in.channels));
}

void check_quantizer(const Layer& layer, const Checker& check) {
  const OutputQuantizer& quantizer = layer.quantizer;
  check.require(quantizer.bits >= 1 && quantizer.bits <= 8, "quantizer.bits", quantizer.bits,
                "codes have 1 to 8 bits");
  check.require(std::isfinite(quantizer.step) && quantizer.step > 0, "quantizer.step", quantizer.step,
                "must be a positive number");
  const std::size_t steps = (std::size_t{1} << quantizer.bits) - 1;
  check.count("quantizer.thresholds", quantizer.thresholds.size(), layer.out.channels * steps,
              "out.channels x (2^bits - 1)");
  for (std::size_t channel = 0; channel < layer.out.channels; ++channel) {
    const auto first = quantizer.thresholds.begin() + static_cast<std::ptrdiff_t>(channel * steps);
    const auto last = first + static_cast<std::ptrdiff_t>(steps);
    const bool rising = layer.scale[channel] >= 0;
    check.require(rising ? std::is_sorted(first, last) : std::is_sorted(first, last, std::greater<>{}),
                  "quantizer.thresholds", fmt::format("unordered in channel {}", channel),
                  rising ? "must ascend where scale >= 0" : "must descend where scale < 0");
  }
}

void check_weights(const Layer& layer, const Checker& check) {
  check.format("weights", layer.weights);
  check.require(layer.rows() <= kMaxMapSize, "rows", layer.rows(),
                fmt::format("a weight matrix has at most {} rows", kMaxMapSize));
  check.count("weight_codes", layer.weight_codes.size(), layer.out.channels * layer.rows(),
              "out.channels x rows");
  check.codes("weight_codes", layer.weight_codes, layer.weights.bits);
  check.count("scale", layer.scale.size(), layer.out.channels, "out.channels");
  check.count("offset", layer.offset.size(), layer.out.channels, "out.channels");
  for (std::size_t channel = 0; channel < layer.out.channels; ++channel) {
    const std::string rule = fmt::format("must be finite (channel {})", channel);
    check.require(std::isfinite(layer.scale[channel]), "scale", layer.scale[channel], rule);
    check.require(std::isfinite(layer.offset[channel]), "offset", layer.offset[channel], rule);
  }
}

void check_layer(const Workload& workload, std::size_t index) {
  const Layer& layer = workload.layers[index];
  const Checker check(fmt::format("workload \"{}\": layer {} \"{}\"", workload.network, index, layer.name));
  check.require(!layer.name.empty(), "name", "\"\"", "must not be empty");
  check_geometry(layer, check);
  check.format("activations", layer.activations);
  check_source(workload, index, check);

  const bool last = index + 1 == workload.layers.size();
  if (layer.has_weights()) {
    check_weights(layer, check);
    check.require(layer.requantize != last, "requantize", layer.requantize,
                  last ? "the last layer yields the logits" : "only the last layer yields logits");
  } else {
    check.require(!last, "kind", name(layer.kind), "the last layer must have weights: it yields the logits");
    check.require(layer.weights == CodeFormat{} && layer.weight_codes.empty() && layer.scale.empty() &&
                      layer.offset.empty() && !layer.requantize,
                  "kind", name(layer.kind), "has neither weights nor an affine");
  }
  if (layer.requantize)
    check_quantizer(layer, check);
  else
    check.require(layer.quantizer == OutputQuantizer{}, "quantizer", "set", "needs requantize = true");
}

void check_graph(const Workload& workload, const Checker& check) {
  std::set<std::string_view> names;
  std::vector<bool> read(workload.layers.size(), false);
  for (const Layer& layer : workload.layers) {
    check.require(names.insert(layer.name).second, "layer name", '"' + layer.name + '"', "must be unique");
    if (layer.input >= 0) read[static_cast<std::size_t>(layer.input)] = true;
  }
  for (std::size_t i = 0; i + 1 < workload.layers.size(); ++i)
    check.require(read[i], "layers", '"' + workload.layers[i].name + '"',
                  "no later layer reads its output, only the last layer may stand alone");
}

void check_images(const Workload& workload, const Checker& check) {
  check.require(!workload.labels.empty(), "images", 0, "a workload holds at least one image");
  check.count("image_codes", workload.image_codes.size(), workload.images() * workload.image.size(),
              "images x channels x height x width");
  check.codes("image_codes", workload.image_codes, workload.image_format.bits);
  const std::size_t classes = workload.layers.back().out.size();
  const auto worst = std::max_element(workload.labels.begin(), workload.labels.end());
  check.require(*worst < classes, "labels", unsigned{*worst},
                fmt::format("the last layer tells {} classes, labels lie in 0..{}", classes, classes - 1));
}

}  // namespace

std::string_view name(Encoding encoding) {
  return encoding == Encoding::unsigned_binary ? "unsigned_binary" : "mid_rise";
}

std::string_view name(LayerKind kind) {
  switch (kind) {
    case LayerKind::convolution:
      return "convolution";
    case LayerKind::linear:
      return "linear";
    case LayerKind::max_pool:
      return "max_pool";
  }
  SUMLINE_ASSERT(false, "unknown layer kind");
  return {};
}

void validate(const Workload& workload) {
  const Checker check(fmt::format("workload \"{}\"", workload.network));
  check.shape("image", workload.image);
  check.format("image_format", workload.image_format);
  check.require(!workload.layers.empty(), "layers", 0, "a workload has at least one layer");
  for (std::size_t i = 0; i < workload.layers.size(); ++i) check_layer(workload, i);
  check_graph(workload, check);
  check_images(workload, check);
}

}  // namespace sumline
