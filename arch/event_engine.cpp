// SPDX-License-Identifier: Apache-2.0
#include "arch/event_engine.hpp"

#include <memory>
#include <string>

#include "arch/chip.hpp"
#include "arch/image_source.hpp"
#include "arch/layer_pass.hpp"
#include "arch/result_sink.hpp"
#include "arch/run_state.hpp"
#include "arch/sequencer.hpp"
#include "arch/unit_stage.hpp"
#include "components/sim_context.hpp"
#include "energy/error.hpp"

namespace sumline {
namespace {

/// The layers of the network on the chip.
class LayerStages {
 public:
  LayerStages(RunState& run, Chip& chip, Sequencer& sequencer, ResultSink& sink)
      : partial_sums_(run.maps.size()) {
    std::vector<bool> started(run.maps.size(), false);
    std::size_t number = 0;
    for (const Phase& phase : run.mapping.phases) {
      for (const Pass& pass : phase.passes) {
        const PassRole role{number, pass, !started[pass.layer], partial_sums_[pass.layer]};
        started[pass.layer] = true;
        if (!pass.last_part) {
          partial_sums_[pass.layer].resize(run.workload.layers[pass.layer].out.size());
        }
        passes_.push_back(std::make_unique<LayerPass>(("pass" + std::to_string(number)).c_str(), run, chip,
                                                      sequencer, sink, role));
        ++number;
      }
    }
    for (std::uint32_t layer = 0; layer < run.maps.size(); ++layer) {
      if (!run.mapping.layers[layer]) {
        units_.push_back(
            std::make_unique<UnitStage>(("layer" + std::to_string(layer)).c_str(), run, chip, sink, layer));
      }
    }
  }

  std::vector<std::uint64_t> saturated() const {
    std::vector<std::uint64_t> saturated(partial_sums_.size());
    for (const auto& pass : passes_) {
      saturated[pass->layer()] += pass->saturated();
    }
    return saturated;
  }

 private:
  std::vector<std::vector<std::int32_t>> partial_sums_;
  std::vector<std::unique_ptr<LayerPass>> passes_;
  std::vector<std::unique_ptr<UnitStage>> units_;
};

}  // namespace

EventOutput run_event_engine(const Workload& workload, const Accelerator& accelerator, const Mapping& mapping,
                             Fidelity fidelity, std::uint64_t begin, std::uint64_t end, TraceSink* traces,
                             const Progress& progress) {
  SUMLINE_ASSERT(begin < end && end <= workload.images(), "a run has at least one image of the workload");
  SimContext context;
  RunState run(workload, accelerator, mapping, fidelity, begin, end, traces);
  ResultSink sink(run, context, progress);

  Chip chip("chip", accelerator, mapping.tiles(), run.ledger);
  Sequencer sequencer("sequencer", run);
  ImageSource images("images", run, chip, sequencer);
  LayerStages layers(run, chip, sequencer, sink);

  context.run();
  SUMLINE_ASSERT(sink.images_done() == run.images, "the simulation stopped before the last image was done");
  return {sink.output(layers.saturated()), run.recorder.end_time(), run.recorder.layers(),
          run.recorder.latency()};
}

}  // namespace sumline
