// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The instruction sets the kernels are compiled for: AVX-512 with VBMI and VNNI (Ice Lake, Zen 4 and later),
/// AVX2, and portable code. Include before hwy/foreach_target.h.
#define HWY_WANT_AVX3_DL 1
#define HWY_DISABLED_TARGETS (HWY_AVX3 | HWY_SSE4 | HWY_SSSE3)

/// Unrolls the next loop completely: an array of vectors lives in registers only where every index is a
/// constant.
#define SUMLINE_UNROLL _Pragma("GCC unroll 16")
