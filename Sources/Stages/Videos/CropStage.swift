package import Engine
internal import Faces
private import Imaging
internal import Records

/// `crop`: cuts the chosen faces out of their frames, as a preset says.
///
/// Where the choice is known at a source's end only (`most-present`), the crops of all its faces are held until then,
/// uncompressed: about 0.2 MB for each of 256 pixels square.
package struct CropStage: SourceStage {
  package static let name = "crop"
  package static let version = 3
  package static let counted = "frames to crops"
  package static let summary =
    "Cuts faces out of frames as a preset says, with the transform and quality measures in every record."
  private let cut: CropCut
  private let choice: FaceChoice
  private let makesMasks: Bool

  package var usesSeed: Bool { false }

  package init(options: Options) throws {
    (cut, choice, makesMasks) = (try options.cut(), try options.choice(), options.differenceMasks)
  }

  /// What a recipe says.
  init(cut: CropCut, choice: FaceChoice) { (self.cut, self.choice, makesMasks) = (cut, choice, false) }

  package func libraryVersions() throws -> [String: String] { try ImagingLibraries.versions() }

  package func makePass(_ context: StageContext, ledger: FamilyLedger) -> Pass {
    Pass(cut: cut, choice: choice, makesMasks: makesMasks, context: context, ledger: ledger)
  }

  package final class Pass: SourcePass {
    private let cut: CropCut
    private let context: StageContext
    private let ledger: FamilyLedger
    private let cropper: FaceCropper
    /// For ready crops, which have their margin already.
    private let wholeCropper: FaceCropper
    private var choice: ChosenFaces
    /// Crops of the source in hand that wait for its end, and what its original shows beside them.
    private var held: [(crop: Crop, original: OriginalView?)] = []
    /// Where difference masks are made.
    private var originals: OriginalCrops?
    /// The fake in hand, where they are.
    private var fake: Source?

    init(cut: CropCut, choice: FaceChoice, makesMasks: Bool, context: StageContext, ledger: FamilyLedger) {
      (self.cut, self.context, self.ledger) = (cut, context, ledger)
      originals = makesMasks ? OriginalCrops() : nil
      cropper = FaceCropper(cut: cut)
      wholeCropper = FaceCropper(cut: cut.forReadyCrops)
      self.choice = ChosenFaces(choice, family: ledger.family, roots: context.roots) { source, code, detail in
        ledger.note(source: source, code: code, detail: detail)
      }
    }

    package func process(_ tracked: TrackedFrame, emit: (Crop) throws -> Void) throws {
      let chosen = Set(choice.choose(tracked))
      ledger.make(context.stageID, count: tracked.faces.count - 1)
      for (index, item) in tracked.faces.enumerated() {
        let name = "\(tracked.frame.name)#\(item.track)"
        guard chosen.contains(index) else {
          ledger.drop(stage: context.stageID, item: name, reason: "not-chosen")
          continue
        }
        do {
          let frame = tracked.frame
          if frame.source.label == .fake, originals != nil { fake = frame.source }
          let crop = try crop(frame, face: item.face, track: item.track)
          if choice.needsWholeSource {
            held.append((crop, frame.original))
          } else {
            try emit(compared(crop, with: frame.original))
          }
        } catch let error as FacesError {
          ledger.drop(stage: context.stageID, item: name, reason: error.code, detail: "\(error)")
        } catch let error as ImagingError where error.kind == .tooLarge {
          // The square around a ready crop that is thousands of times as high as wide.
          ledger.drop(stage: context.stageID, item: name, reason: error.code, detail: "\(error)")
        }
      }
    }

    package func endSource(emit: (Crop) throws -> Void) throws {
      let track = choice.endSource()
      let crops = held
      held = []
      for (crop, original) in crops {
        let sample = crop.sample
        if sample.track == track {
          try emit(compared(crop, with: original))
        } else {
          ledger.drop(
            stage: context.stageID, item: "\(sample.sourceName)@\(sample.pts)#\(sample.track)", reason: "not-chosen")
        }
      }
      if let fake, let note = originals?.endFake() {
        ledger.note(source: fake, code: "no-difference-mask", detail: note)
      }
      fake = nil
    }

    /// The crop, a fake's with its difference mask where those are asked for.
    private func compared(_ crop: Crop, with original: OriginalView?) -> Crop {
      if crop.sample.label == .fake { return originals?.compared(crop, with: original) ?? crop }
      if crop.sample.sourceName == ledger.family.name { originals?.remember(crop) }
      return crop
    }

    private func crop(_ frame: DecodedFrame, face: Face, track: Int) throws -> Crop {
      let (image, transform) = try (frame.source.input == .face ? wholeCropper : cropper).crop(
        frame.picture, face: face)
      let sample = Sample(
        key: SampleKey.make(
          dataset: frame.source.dataset, path: frame.source.path, pts: frame.pts, track: track, variant: "crop"),
        source: frame.source, family: ledger.family.name, pts: frame.pts, timeBase: frame.timeBase,
        frameWidth: frame.picture.width, frameHeight: frame.picture.height, track: track, variant: "crop", face: face,
        transform: transform, width: image.width, height: image.height, encoding: cut.encoding,
        quality: try measureQuality(crop: image, face: face, transform: transform, picture: frame.picture),
        originalPTS: frame.originalPTS, colour: frame.colour)
      return Crop(sample: sample, image: image)
    }
  }
}
