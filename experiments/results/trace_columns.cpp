#include "experiments/results/trace_columns.h"

namespace zipml {

std::span<const TraceColumn> trace_columns() {
  static constexpr TraceColumn kColumns[] = {
      {"epoch", "1", "epochs done; 0 is before training", &TraceRow::epoch},
      {"iteration", "1", "mini-batches done", &TraceRow::iteration},
      {"train_loss", "loss",
       "objective on the training rows, full-precision samples, reporting units; of networks: mean loss of "
       "the "
       "mini-batches since the row before",
       &TraceRow::train_loss},
      {"test_loss", "loss",
       "loss on the test rows, without regularizer; NaN where there are none or no test was made",
       &TraceRow::test_loss},
      {"test_accuracy", "1",
       "share of test rows with the right sign or class; NaN for regression and where there was no test",
       &TraceRow::test_accuracy},
      {"bytes_read", "byte",
       "sample values read so far, as stored, every draw, row scale and refetched row included",
       &TraceRow::bytes_read},
      {"values_read", "1", "sample values read so far", &TraceRow::values_read},
      {"model_bytes", "byte", "model channel so far", &TraceRow::model_bytes},
      {"gradient_bytes", "byte", "gradient channel so far", &TraceRow::gradient_bytes},
      {"share_refetched", "1", "share of this epoch's rows that were read again at full precision",
       &TraceRow::share_refetched},
      {"share_outside", "1", "share of this epoch's rows whose score lay outside the polynomial's interval",
       &TraceRow::share_outside},
      {"share_flipped", "1",
       "share of this epoch's rows whose slope was taken from the wrong side of its jump",
       &TraceRow::share_flipped},
  };
  return kColumns;
}

}  // namespace zipml
