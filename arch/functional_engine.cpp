// SPDX-License-Identifier: Apache-2.0
#include "arch/functional_engine.hpp"

#include <oneapi/tbb/blocked_range.h>
#include <oneapi/tbb/enumerable_thread_specific.h>
#include <oneapi/tbb/parallel_for.h>

#include <algorithm>
#include <atomic>
#include <span>

#include "arch/counting.hpp"
#include "arch/functional_network.hpp"
#include "energy/error.hpp"

namespace sumline {
namespace {

constexpr std::uint64_t kBatch = 32;  ///< images a thread takes at a time

}  // namespace

EngineOutput run_functional_engine(const Workload& workload, const Accelerator& accelerator,
                                   const Mapping& mapping, std::uint64_t begin, std::uint64_t end,
                                   const Progress& progress, const VectorObserver& observer) {
  SUMLINE_ASSERT(begin <= end && end <= workload.images(), "images of the workload");
  const FunctionalNetwork network(workload, accelerator, mapping, observer);
  const std::size_t classes = workload.layers.back().out.size();
  EngineOutput output{.accumulators = std::vector<std::int32_t>((end - begin) * classes),
                      .logits = std::vector<double>((end - begin) * classes),
                      .predicted = {},
                      .ledger = ActionLedger(workload.layers.size()),
                      .saturated = std::vector<std::uint64_t>(workload.layers.size()),
                      .pac_classes = std::vector<PacClassCounts>(workload.layers.size())};
  tbb::enumerable_thread_specific<FunctionalWorker> workers(workload.layers.size());
  std::atomic<std::uint64_t> done = 0;
  tbb::parallel_for(std::uint64_t{0}, (end - begin + kBatch - 1) / kBatch, [&](std::uint64_t batch) {
    const std::uint64_t first = batch * kBatch;
    const std::uint64_t images = std::min(kBatch, end - begin - first);
    network.run(begin + first, images, workers.local(),
                {std::span(output.accumulators).subspan(first * classes, images * classes),
                 std::span(output.logits).subspan(first * classes, images * classes)});
    if (const std::uint64_t so_far = done += images; progress && !progress(so_far)) {
      throw Error("evaluation: stopped after " + std::to_string(so_far) + " of " +
                  std::to_string(end - begin) + " images");
    }
  });
  for (std::size_t image = 0; image < end - begin; ++image) {
    output.predicted.push_back(predicted_class(std::span(output.logits).subspan(image * classes, classes)));
  }
  count_traffic(output.ledger, workload, accelerator, mapping, end - begin);
  for (const FunctionalWorker& worker : workers) {
    for (std::size_t layer = 0; layer < worker.tallies.size(); ++layer) {
      count_reads(output.ledger.of(layer), worker.tallies[layer].counts);
      output.ledger.add(layer, Action::pac_product, worker.tallies[layer].pac_products);
      std::ranges::transform(output.pac_classes[layer], worker.tallies[layer].pac_classes,
                             output.pac_classes[layer].begin(), std::plus<>());
      output.saturated[layer] += worker.tallies[layer].saturated;
    }
  }
  return output;
}

}  // namespace sumline
