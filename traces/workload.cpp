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
    require(format.encoding != Encoding::ternary || format.bits == 2, field, text(format),
            "ternary codes have 2 bits");
  }

  void count(const char* field, std::size_t found, std::size_t expected, const char* meaning) const {
    require(found == expected, field, fmt::format("{} values", found),
            fmt::format("must hold {} = {}", meaning, expected));
  }

  void codes(const char* field, const std::vector<std::uint8_t>& codes, const CodeFormat& format) const {
    const auto worst = std::max_element(codes.begin(), codes.end());
    require(worst == codes.end() || *worst < format.levels(), field,
            worst == codes.end() ? 0U : unsigned{*worst},
            fmt::format("a code of {} bits lies in 0..{}", format.bits, format.levels() - 1));
  }

  void finite(const char* field, const std::vector<double>& values) const {
    for (std::size_t channel = 0; channel < values.size(); ++channel)
      require(std::isfinite(values[channel]), field, values[channel],
              fmt::format("must be finite (channel {})", channel));
  }

 private:
  std::string place_;
};

Shape shape_of(const Workload& workload, std::int32_t source) {
  return source < 0 ? workload.image : workload.layers[static_cast<std::size_t>(source)].out;
}

/// Can a layer that takes codes `wanted` read a map of codes `found`?
bool can_read(const CodeFormat& wanted, const CodeFormat& found) {
  if (wanted == found) return true;
  if (wanted.encoding != Encoding::mid_rise || found.encoding != Encoding::mid_rise) return false;
  const std::uint32_t steps = found.levels() - 1;
  const std::uint32_t wanted_steps = wanted.levels() - 1;
  return steps % wanted_steps == 0 && steps / wanted_steps % 2 == 1;
}

void check_earlier(const char* field, std::int32_t source, std::size_t index, const Checker& check) {
  check.require(
      source >= -1 && source < static_cast<std::int64_t>(index), field, source,
      fmt::format("must name an earlier layer, -1 (the images) to {}", static_cast<std::int64_t>(index) - 1));
}

void check_source(const Workload& workload, std::size_t index, const Checker& check) {
  const Layer& layer = workload.layers[index];
  check_earlier("input", layer.input, index, check);
  const Shape source = shape_of(workload, layer.input);
  const bool flattened =
      layer.kind == LayerKind::linear && layer.in.positions() == 1 && layer.in.size() == source.size();
  check.require(layer.in == source || flattened, "in", text(layer.in),
                "must equal the map it reads, " + text(source));
  if (content_of(workload, layer.input) == Content::sums) {
    check.require(!layer.has_weights(), "input", layer.input,
                  "that layer hands on sums, which arrays cannot read: only pooling and residuals do");
    check.require(layer.activations == CodeFormat{}, "activations", text(layer.activations),
                  "must be unset where the layer reads sums");
    return;
  }
  check.format("activations", layer.activations);
  const CodeFormat format = format_of(workload, layer.input);
  check.require(
      can_read(layer.activations, format), "activations", text(layer.activations),
      "must equal the codes it reads, " + text(format) + ", or be mid_rise with an odd share of their steps");
}

/// The map that is added must lie over the sums it is added to: over the outputs, or, where windows are summed
/// up, over the inputs.
void check_residual(const Workload& workload, std::size_t index, const Checker& check) {
  const Layer& layer = workload.layers[index];
  check_earlier("residual", layer.residual, index, check);
  if (layer.residual < 0) {
    check.count("residual_scale", layer.residual_scale.size(), 0, "nothing without a residual");
    return;
  }
  const Shape& over = layer.kind == LayerKind::average_pool ? layer.in : layer.out;
  const Shape source = shape_of(workload, layer.residual);
  check.require(source == over, "residual", text(source), "its map must have the shape " + text(over));
  check.count("residual_scale", layer.residual_scale.size(), layer.out.channels, "out.channels");
  check.finite("residual_scale", layer.residual_scale);
  check.require(layer.requantize, "requantize", layer.requantize,
                "a layer with a residual hands on codes: their sum has no integer scale");
}

void check_padding_codes(const Layer& layer, const Checker& check) {
  if (layer.padding_codes.empty()) {
    check.require(
        layer.padding == 0 || layer.activations.encoding != Encoding::mid_rise || layer.activations.bits < 8,
        "padding", layer.padding, "8 bit mid_rise has no code for padding: set padding_codes");
    return;
  }
  check.require(layer.padding > 0 && layer.kind == LayerKind::convolution, "padding_codes", "set",
                "only a convolution with padding has them");
  check.count("padding_codes", layer.padding_codes.size(), layer.in.channels, "in.channels");
  check.codes("padding_codes", layer.padding_codes, layer.activations);
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
  if (!layer.has_weights())
    check.require(layer.out.channels == layer.in.channels, "out", text(layer.out),
                  fmt::format("pooling keeps the {} channels", layer.in.channels));
}

void check_boundaries(const OutputQuantizer& quantizer, const Checker& check) {
  check.count("quantizer.thresholds", quantizer.thresholds.size(), 0, "nothing where more than A enters z");
  check.count("quantizer.boundaries", quantizer.boundaries.size(), quantizer.format.levels() - 1,
              "levels - 1");
  check.finite("quantizer.boundaries", quantizer.boundaries);
  check.require(std::is_sorted(quantizer.boundaries.begin(), quantizer.boundaries.end()),
                "quantizer.boundaries", "unordered", "must ascend");
}

void check_thresholds(const Layer& layer, const Checker& check) {
  const OutputQuantizer& quantizer = layer.quantizer;
  const std::size_t steps = quantizer.format.levels() - 1;
  check.count("quantizer.boundaries", quantizer.boundaries.size(), 0, "nothing where A alone enters z");
  check.count("quantizer.thresholds", quantizer.thresholds.size(), layer.out.channels * steps,
              "out.channels x (levels - 1)");
  for (std::size_t channel = 0; channel < layer.out.channels; ++channel) {
    const auto first = quantizer.thresholds.begin() + static_cast<std::ptrdiff_t>(channel * steps);
    const auto last = first + static_cast<std::ptrdiff_t>(steps);
    const bool rising = layer.scale[channel] >= 0;
    check.require(rising ? std::is_sorted(first, last) : std::is_sorted(first, last, std::greater<>{}),
                  "quantizer.thresholds", fmt::format("unordered in channel {}", channel),
                  rising ? "must ascend where scale >= 0" : "must descend where scale < 0");
  }
}

void check_quantizer(const Layer& layer, const Checker& check) {
  const OutputQuantizer& quantizer = layer.quantizer;
  check.format("quantizer.format", quantizer.format);
  check.require(std::isfinite(quantizer.step) && quantizer.step > 0, "quantizer.step", quantizer.step,
                "must be a positive number");
  if (layer.affine_of_one())
    check_thresholds(layer, check);
  else
    check_boundaries(quantizer, check);
}

void check_conversion(const Layer& layer, const Checker& check) {
  const Conversion& conversion = layer.conversion;
  if (conversion == Conversion{}) return;
  check.require(conversion.bits >= 1 && conversion.bits <= 8, "conversion.bits", conversion.bits,
                "a staircase has 1 to 8 bits");
  check.require(conversion.full_scale >= 1 && conversion.full_scale <= 4096, "conversion.full_scale",
                conversion.full_scale, "must lie in 1..4096");
  check.require(!layer.exact, "exact", layer.exact, "no converter reads an exact layer");
}

void check_weights(const Layer& layer, const Checker& check) {
  check_conversion(layer, check);
  check.format("weights", layer.weights);
  check.require(layer.rows() <= kMaxMapSize, "rows", layer.rows(),
                fmt::format("a weight matrix has at most {} rows", kMaxMapSize));
  check.count("weight_codes", layer.weight_codes.size(), layer.out.channels * layer.rows(),
              "out.channels x rows");
  check.codes("weight_codes", layer.weight_codes, layer.weights);
}

void check_affine(const Layer& layer, const Checker& check) {
  check.count("scale", layer.scale.size(), layer.out.channels, "out.channels");
  check.count("offset", layer.offset.size(), layer.out.channels, "out.channels");
  check.finite("scale", layer.scale);
  check.finite("offset", layer.offset);
  if (layer.sum_scale.empty()) return;
  check.require(layer.has_weights() && layer.activations.encoding == Encoding::unsigned_binary, "sum_scale",
                "set", "only a layer with weights and unsigned codes has them");
  check.count("sum_scale", layer.sum_scale.size(), layer.out.channels, "out.channels");
  check.finite("sum_scale", layer.sum_scale);
}

void check_no_weights(const Layer& layer, const Checker& check) {
  check.require(
      layer.weights == CodeFormat{} && layer.weight_codes.empty() && layer.conversion == Conversion{}, "kind",
      name(layer.kind), "has no weights");
}

void check_layer(const Workload& workload, std::size_t index) {
  const Layer& layer = workload.layers[index];
  const Checker check(fmt::format("workload \"{}\": layer {} \"{}\"", workload.network, index, layer.name));
  check.require(!layer.name.empty(), "name", "\"\"", "must not be empty");
  check_geometry(layer, check);
  check_source(workload, index, check);
  check_padding_codes(layer, check);
  layer.has_weights() ? check_weights(layer, check) : check_no_weights(layer, check);

  const bool last = index + 1 == workload.layers.size();
  check.require(!last || layer.has_weights(), "kind", name(layer.kind),
                "the last layer must have weights: it yields the logits");
  check.require(!last || !layer.requantize, "requantize", layer.requantize,
                "the last layer yields the logits");
  if (layer.kind == LayerKind::max_pool && content_of(workload, layer.input) == Content::codes)
    check.require(layer.scale.empty() && layer.offset.empty() && !layer.requantize, "kind", name(layer.kind),
                  "of codes has no affine: it passes them on");
  else if (last || layer.requantize)
    check_affine(layer, check);
  else
    check.require(layer.scale.empty() && layer.offset.empty() && layer.sum_scale.empty(), "scale", "set",
                  "a layer that hands on sums has no affine: whoever reads them has it");
  check_residual(workload, index, check);
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
    for (const std::int32_t source : {layer.input, layer.residual})
      if (source >= 0) read[static_cast<std::size_t>(source)] = true;
  }
  for (std::size_t i = 0; i + 1 < workload.layers.size(); ++i)
    check.require(read[i], "layers", '"' + workload.layers[i].name + '"',
                  "no later layer reads its output, only the last layer may stand alone");
}

void check_images(const Workload& workload, const Checker& check) {
  check.require(!workload.labels.empty(), "images", 0, "a workload holds at least one image");
  check.count("image_codes", workload.image_codes.size(), workload.images() * workload.image.size(),
              "images x channels x height x width");
  check.codes("image_codes", workload.image_codes, workload.image_format);
  const std::size_t classes = workload.layers.back().out.size();
  const auto worst = std::max_element(workload.labels.begin(), workload.labels.end());
  check.require(*worst < classes, "labels", unsigned{*worst},
                fmt::format("the last layer tells {} classes, labels lie in 0..{}", classes, classes - 1));
}

}  // namespace

std::string_view name(Encoding encoding) {
  switch (encoding) {
    case Encoding::unsigned_binary:
      return "unsigned_binary";
    case Encoding::mid_rise:
      return "mid_rise";
    case Encoding::ternary:
      return "ternary";
  }
  SUMLINE_ASSERT(false, "unknown encoding");
  return {};
}

std::string_view name(LayerKind kind) {
  switch (kind) {
    case LayerKind::convolution:
      return "convolution";
    case LayerKind::linear:
      return "linear";
    case LayerKind::max_pool:
      return "max_pool";
    case LayerKind::average_pool:
      return "average_pool";
  }
  SUMLINE_ASSERT(false, "unknown layer kind");
  return {};
}

Content content_of(const Workload& workload, std::int32_t index) {
  if (index < 0) return Content::codes;
  const Layer& layer = workload.layers[static_cast<std::size_t>(index)];
  if (layer.requantize) return Content::codes;
  return layer.kind == LayerKind::max_pool ? content_of(workload, layer.input) : Content::sums;
}

CodeFormat format_of(const Workload& workload, std::int32_t index) {
  if (index < 0) return workload.image_format;
  const Layer& layer = workload.layers[static_cast<std::size_t>(index)];
  return layer.requantize ? layer.quantizer.format : layer.activations;
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
