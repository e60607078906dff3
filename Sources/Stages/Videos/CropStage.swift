package import Engine
private import Faces
private import Imaging
internal import Records

/// `crop`: cuts the chosen faces out of their frames, square and of one size.
package struct CropStage: SourceStage {
  package static let name = "crop"
  package static let version = 1
  package static let counted = "frames to crops"
  package static let summary =
    "Cuts square faces out of frames, with the transform and quality measures in every record."
  let options: Options

  package init(options: Options) throws {
    guard [444, 422, 420].contains(options.chroma) else {
      throw ToolError(.badConfiguration, "chroma is 444, 422 or 420")
    }
    self.options = options
  }

  package func libraryVersions() throws -> [String: String] { try ImagingLibraries.versions() }

  package func makePass(_ context: StageContext, ledger: FamilyLedger) -> Pass {
    Pass(options: options, context: context, ledger: ledger)
  }

  package final class Pass: SourcePass {
    private let options: Options
    private let context: StageContext
    private let ledger: FamilyLedger
    private let cropper: FaceCropper
    /// For ready crops, which have their margin already.
    private let wholeCropper: FaceCropper
    private let choice: FaceChoice

    init(options: Options, context: StageContext, ledger: FamilyLedger) {
      (self.options, self.context, self.ledger) = (options, context, ledger)
      let recipe = CropRecipe(cutting: options)
      cropper = FaceCropper(recipe, input: .frame)
      wholeCropper = FaceCropper(recipe, input: .face)
      choice = FaceChoice(rawValue: options.faces) ?? .largest
    }

    package func process(_ tracked: TrackedFrame, emit: (Crop) throws -> Void) throws {
      let chosen = Set(choice.choose(tracked.faces.map(\.face)))
      for (index, item) in tracked.faces.enumerated() {
        guard chosen.contains(index) else {
          ledger.drop(
            stage: context.stageID, item: "\(tracked.frame.name)#\(item.track)", reason: "not-chosen")
          continue
        }
        let crop: Crop
        do { crop = try self.crop(tracked.frame, face: item.face, track: item.track) } catch let error as FacesError {
          ledger.drop(
            stage: context.stageID, item: "\(tracked.frame.name)#\(item.track)", reason: error.code, detail: "\(error)")
          continue
        }
        try emit(crop)
      }
    }

    private func crop(_ frame: DecodedFrame, face: Face, track: Int) throws -> Crop {
      let (image, transform) = try (frame.source.input == .face ? wholeCropper : cropper).crop(
        frame.picture, face: face)
      let sample = Sample(
        key: SampleKey.make(
          dataset: frame.source.dataset, path: frame.source.path, pts: frame.pts, track: track, variant: "crop"),
        source: frame.source, family: ledger.family.name, pts: frame.pts, timeBase: frame.timeBase,
        frameWidth: frame.picture.width, frameHeight: frame.picture.height, track: track, variant: "crop", face: face,
        transform: transform, width: image.width, height: image.height, encoding: options.encoding,
        quality: try measureQuality(crop: image, face: face, transform: transform))
      return Crop(sample: sample, image: image)
    }
  }
}
