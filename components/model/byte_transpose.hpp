// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

namespace sumline {

/// target[column * target_stride + row] = source[row * source_stride + column].
void transpose_bytes(const std::uint8_t* source, std::size_t source_stride, std::size_t rows,
                     std::size_t columns, std::uint8_t* target, std::size_t target_stride);

}  // namespace sumline
