// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "nn/data/dataset.hpp"

namespace sumline {

/// Pictures of handwritten-like digits, 28x28 grey, drawn from strokes with random shape, pose, pen and
/// noise. Image i depends on (seed, first + i) only, and is the same on every machine: all arithmetic is on
/// integers. Two calls with different seeds, or with ranges that do not overlap, share no image.
Images generate_digits(std::uint32_t seed, std::uint64_t first, std::size_t count);

}  // namespace sumline
