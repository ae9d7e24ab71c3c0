// SPDX-License-Identifier: Apache-2.0
#include "cli/progress.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <utility>

namespace sumline::cli {
namespace {

constexpr std::uint64_t kBarWidth = 30;
constexpr auto kRedrawInterval = std::chrono::milliseconds(100);
constexpr auto kLineInterval = std::chrono::seconds(5);

}  // namespace

ProgressBar::ProgressBar(std::string what, std::uint64_t total, bool quiet)
    : what_(std::move(what)),
      total_(total),
      quiet_(quiet),
      terminal_(isatty(STDERR_FILENO) != 0),
      start_(std::chrono::steady_clock::now()),
      drawn_(start_) {}

ProgressBar::~ProgressBar() {
  clear();
}

void ProgressBar::clear() {
  if (!quiet_ && terminal_) {
    std::fputs("\r\033[K", stderr);
  }
}

void ProgressBar::update(std::uint64_t done, const std::string& note) {
  const std::lock_guard lock(mutex_);
  done_ = std::max(done_, done);  // threads report out of order
  const auto now = std::chrono::steady_clock::now();
  if (quiet_ || now - drawn_ < (terminal_ ? std::chrono::nanoseconds(kRedrawInterval) : kLineInterval)) {
    return;
  }
  drawn_ = now;
  draw(done_, note);
}

void ProgressBar::draw(std::uint64_t done, const std::string& note) {
  const double elapsed = std::chrono::duration<double>(drawn_ - start_).count();
  const double left = done > 0 ? elapsed * static_cast<double>(total_ - done) / static_cast<double>(done) : 0;
  const std::string numbers = fmt::format("{}/{}  {:.0f} s left  {}", done, total_, left, note);
  if (terminal_) {
    const std::uint64_t filled = total_ > 0 ? kBarWidth * done / total_ : kBarWidth;
    fmt::print(stderr, "\r\033[K{} [{:=<{}}{: <{}}] {}", what_, "", filled, "", kBarWidth - filled, numbers);
  } else {
    fmt::print(stderr, "{} {}\n", what_, numbers);
  }
  std::fflush(stderr);
}

}  // namespace sumline::cli
