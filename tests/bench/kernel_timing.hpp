// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace sumline::bench {

/// Multiply-accumulates per second of multiply() on one core: median of repeated runs of about 20 ms.
double integer_product_rate(std::size_t count, std::size_t depth, std::size_t rows);

}  // namespace sumline::bench
