// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "nn/evaluation.hpp"

namespace sumline {

/// Measures the means and variances of all batch norms anew over the first `count` images, as they are, with the
/// products that the network's arithmetic forms. Approximate products shrink a layer's outputs by several percent
/// (docs/pacim.md), and batch norm takes that off again. Weights stay; the network is left in evaluation mode.
/// @throws Error where there are not that many images, or no batch norm
void recalibrate(Network& network, const Images& images, std::size_t count, const PixelTable& table);

}  // namespace sumline
