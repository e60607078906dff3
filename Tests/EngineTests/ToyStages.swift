import Engine
import Foundation
import Records

/// A registry of small stages that do real work on text files: one source is one file, one sample is one line of it.
enum Toys {
  static let registry = StageRegistry([
    LinesStage.self, HoldStage.self, CutStage.self, LengthsStage.self, MirrorStage.self, TallyStage.self,
    ShowStage.self,
  ])
}

/// A line of a file.
struct Line: Sendable {
  let source: Source
  let family: String
  let index: Int
  let text: String
}

/// A sample whose picture is the text of its line.
struct TextSample: PackableSample {
  let sample: Sample
  let text: String

  func encoded() -> [UInt8] { Array(text.utf8) }

  init(_ line: Line) {
    let pts = Int64(line.index)
    sample = Sample(
      key: SampleKey.make(dataset: line.source.dataset, path: line.source.path, pts: pts, track: 0, variant: "crop"),
      source: line.source, family: line.family, pts: pts, timeBase: TimeBase(numerator: 1, denominator: 1),
      frameWidth: 1, frameHeight: 1, track: 0, variant: "crop",
      face: Face(box: Box(x: 0, y: 0, width: 1, height: 1), score: 1),
      transform: AffineTransform(a: 1, b: 0, tx: 0, c: 0, d: 1, ty: 0), width: 1, height: 1, encoding: .png,
      quality: FaceQuality(facePixels: 1, upscale: 1, sharpness: 1, brightness: 1, contrast: 1))
    text = line.text
  }
}

/// Reads the lines of a file.
///
/// A line `!bad` is a fault of the file, `!io` one of the machine; empty lines are dropped.
struct LinesStage: SourceStage {
  struct Options: StageOptions {
    var count = PerLabel(real: 100, fake: 100)
    var prefix = ""
    static let fields = [
      OptionField("count", .perLabel(.integer(1...100)), "Most lines of one file."),
      OptionField("prefix", .text, "Put before every line."),
    ]
  }

  static let name = "lines"
  static let version = 1
  static let summary = "Reads lines."
  let options: Options
  var usesSeed: Bool { false }
  init(options: Options) { self.options = options }

  func makePass(_ context: StageContext, ledger: FamilyLedger) -> Pass {
    Pass(options: options, context: context, ledger: ledger)
  }

  final class Pass: SourcePass {
    private let options: Options
    private let context: StageContext
    private let ledger: FamilyLedger

    init(options: Options, context: StageContext, ledger: FamilyLedger) {
      (self.options, self.context, self.ledger) = (options, context, ledger)
    }

    func process(_ source: Source, emit: (Line) throws -> Void) throws {
      let root = URL(filePath: context.roots[source.dataset] ?? "")
      let text = try String(contentsOf: root.appending(path: source.path), encoding: .utf8)
      let before = ledger.ended(context.stageID)
      var isBad = true
      defer { ledger.make(context.stageID, count: ledger.ended(context.stageID) - before - (isBad ? 0 : 1)) }
      let lines = text.split(separator: "\n", omittingEmptySubsequences: false).prefix(options.count[source.label])
      for (index, line) in lines.enumerated() {
        switch line {
        case "": ledger.drop(stage: context.stageID, item: "\(source.name)@\(index)", reason: "empty")
        case "!bad": throw SourceFailure(code: "bad-line", message: "line \(index)")
        case "!io": throw SourceFailure(code: "io", message: "line \(index)", isTransient: true)
        case "!note": ledger.note(source: source, code: "odd", detail: "line \(index)")
        default:
          try emit(Line(source: source, family: ledger.family.name, index: index, text: options.prefix + line))
        }
      }
      isBad = false
    }
  }
}

/// Passes each line on when the next one comes, and the last one at the end of the source.
struct HoldStage: SourceStage {
  static let name = "hold"
  static let version = 1
  static let summary = "Holds one line back."
  init(options: NoOptions) {}

  func makePass(_ context: StageContext, ledger: FamilyLedger) -> Pass { Pass() }

  final class Pass: SourcePass {
    private var held: Line?

    func process(_ line: Line, emit: (Line) throws -> Void) throws {
      if let held { try emit(held) }
      held = line
    }

    func endSource(emit: (Line) throws -> Void) throws {
      if let held { try emit(held) }
      held = nil
    }
  }
}

/// Makes a sample of every line that is short enough.
struct CutStage: SourceStage {
  struct Options: StageOptions {
    var size: JSONValue = .int(8)
    var share = 0.5
    var format = "png"
    var isStrict = true
    var marks: [Int] = [1]
    static let fields = [
      OptionField("size", .either(.integer(1...64), word: "auto"), "Longest line."),
      OptionField("share", .number(0...1), "A share."),
      OptionField("format", .choice(["png", "jpeg"]), "A format."),
      OptionField("strict", .bool, "Whether it is strict."),
      OptionField("marks", .list(of: .integer(0...9)), "Marks; one of them at least."),
    ]
    enum CodingKeys: String, CodingKey {
      case size, share, format, marks
      case isStrict = "strict"
    }
  }

  static let name = "cut"
  static let version = 1
  static let summary = "Makes samples."
  let options: Options
  var usesSeed: Bool { options.format == "jpeg" }

  init(options: Options) throws {
    guard !options.marks.isEmpty else { throw ToolError(.badConfiguration, "`marks` holds no mark") }
    self.options = options
  }

  func makePass(_ context: StageContext, ledger: FamilyLedger) -> Pass {
    let longest = if case .int(let size) = options.size { size } else { Int.max }
    return Pass(longest: longest, stageID: context.stageID, ledger: ledger)
  }

  final class Pass: SourcePass {
    private let longest: Int
    private let stageID: String
    private let ledger: FamilyLedger

    init(longest: Int, stageID: String, ledger: FamilyLedger) {
      (self.longest, self.stageID, self.ledger) = (longest, stageID, ledger)
    }

    func process(_ line: Line, emit: (TextSample) throws -> Void) throws {
      if line.text.count > longest {
        ledger.drop(stage: stageID, item: "\(line.source.name)@\(line.index)", reason: "too-long", detail: line.text)
      } else {
        try emit(TextSample(line))
      }
    }
  }
}
