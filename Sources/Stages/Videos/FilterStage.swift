package import Engine
private import Records

/// `filter`: leaves out faces by the measures that were asked for, with a record of each.
///
/// With `paired`, the family's crops are held, uncompressed, until its last source has ended: about 0.2 MB for each of
/// 256 pixels square.
package struct FilterStage: SourceStage {
  package static let name = "filter"
  package static let version = 2
  package static let summary =
    "Leaves out faces by size, sharpness, pose and the like, on request; the measures stay in every record."
  let options: Options

  package init(options: Options) { self.options = options }
  package var usesSeed: Bool { false }

  package func makePass(_ context: StageContext, ledger: FamilyLedger) -> Pass {
    Pass(options: options, context: context, ledger: ledger)
  }

  package final class Pass: SourcePass {
    private let options: Options
    private let context: StageContext
    private let ledger: FamilyLedger
    /// Crops that wait for the end of their family.
    private var held: [Crop] = []

    init(options: Options, context: StageContext, ledger: FamilyLedger) {
      (self.options, self.context, self.ledger) = (options, context, ledger)
    }

    package func process(_ crop: Crop, emit: (Crop) throws -> Void) throws {
      if let fault = options.fault(of: crop.sample) {
        drop(crop, fault.reason, fault.detail)
      } else if options.paired {
        held.append(crop)
      } else {
        try emit(crop)
      }
    }

    package func endFamily(emit: (Crop) throws -> Void) throws {
      guard options.paired else { return }
      let kept = Set(held.map(\.sample).filter { !$0.isMade }.map(\.frameName))
      let lost = FramePairs(ledger.pairs).framesWithoutPartner(kept: kept)
      for crop in held {
        if lost.contains(crop.sample.frameName) {
          drop(crop, "partner-dropped", "the frame beside it was left out")
        } else {
          try emit(crop)
        }
      }
      held = []
    }

    private func drop(_ crop: Crop, _ reason: String, _ detail: String) {
      ledger.drop(
        stage: context.stageID, item: crop.sample.key, reason: reason, detail: detail, label: crop.sample.label)
    }
  }
}

extension Sample {
  /// What the ledger calls the frame that it was found in, as ``DecodedFrame/name``.
  fileprivate var frameName: String { "\(sourceName)@\(pts)" }
}
