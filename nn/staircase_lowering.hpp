// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "nn/batches.hpp"
#include "nn/image_codes.hpp"
#include "nn/network.hpp"
#include "traces/workload.hpp"

namespace sumline {

/// The converter that `bits` trains the network through; without bits where sums pass unread.
Conversion trained_conversion(const NetworkConfig& config, const std::string& bits);

/// The layers of a network whose operands are staircases over -1..1, as integers.
/// Layers that a converter reads count its codes; those in full precision are exact, with 8-bit weights (one scale
/// per output channel) and 8-bit inputs: pixels as they are stored, activations as 8-bit mid-rise codes. So are
/// maps that a residual or a full-precision layer reads besides others: these read them at 1, 2 or 4 bits.
/// Batch norm, hardtanh and quantiser become thresholds on integers.
/// @param conversion of the chip @throws Error naming the layer that has no integer form
Workload lower_staircases(const NetworkConfig& config, const std::string& bits, const Network& network,
                          const Conversion& conversion, const PixelTable& pixels);

/// How pixels enter that workload: as they are stored, or at the resolution of the first layer's operands, ends
/// clipped.
CodeTable staircase_image_codes(const CodeFormat& format, const PixelTable& pixels);

}  // namespace sumline
