internal import Records

/// The source stages of a pipeline, fused into one push from a `Source` to packed samples.
///
/// Types are compared when the chain is linked, once; after that every item passes by plain calls.
struct SourceChain {
  /// The entrance of one linked stage.
  struct Inlet {
    let type: Any.Type
    let process: (Any) throws -> Void
    let endSource: () throws -> Void
    let endFamily: () throws -> Void
  }

  let entrance: Inlet
  /// What each stage has taken so far; the compression of samples goes to the last.
  let clock = StageClock()

  /// Links `stages` (in pipeline order, with their ids) in front of `collect`.
  init(
    _ stages: [(id: String, stage: any SourceStage)], ledger: FamilyLedger,
    context: (_ id: String, any Stage) -> StageContext, collect: @escaping (any PackableSample) throws -> Void
  ) throws {
    var next = Inlet(
      type: (any PackableSample).self,
      process: { item in
        guard let item = item as? any PackableSample else {
          throw InternalFault("the last source stage put out \(type(of: item)), which holds no sample")
        }
        try collect(item)
      }, endSource: {}, endFamily: {})
    for (id, stage) in stages.reversed() {
      next = try Self.link(stage, id: id, context: context(id, stage), ledger: ledger, clock: clock, next: next)
    }
    entrance = next
  }

  /// Sends one source through. One that fails is ended like any other, so that nothing of it is left for the next.
  func process(_ source: Source) throws {
    do {
      try entrance.process(source)
    } catch let failure as SourceFailure {
      try entrance.endSource()
      throw failure
    }
    try entrance.endSource()
  }

  /// Ends the family, after its last source.
  func end() throws { try entrance.endFamily() }

  private static func link<Body: SourceStage>(
    _ stage: Body, id: String, context: StageContext, ledger: FamilyLedger, clock: StageClock, next: Inlet
  ) throws -> Inlet {
    let pass = try stage.makePass(context, ledger: ledger)
    let emit: (Body.Output) throws -> Void = { item in
      ledger.leave(id)
      try next.process(item)
    }
    return Inlet(
      type: Body.Input.self,
      process: { item in
        guard let input = item as? Body.Input else {
          throw InternalFault("stage \(id) takes \(Body.Input.self), not \(type(of: item))")
        }
        ledger.enter(id)
        try clock.measure(id) { try pass.process(input, emit: emit) }
      },
      endSource: {
        try clock.measure(id) { try pass.endSource(emit: emit) }
        try next.endSource()
      },
      endFamily: {
        try clock.measure(id) { try pass.endFamily(emit: emit) }
        try next.endFamily()
      })
  }

  /// Why `stages` cannot be linked, if they cannot: the position of the first that does not fit and a message.
  static func mismatch(_ stages: [(id: String, type: any SourceStage.Type)]) -> (index: Int, message: String)? {
    func input<Body: SourceStage>(_ stage: Body.Type) -> Any.Type { Body.Input.self }
    func output<Body: SourceStage>(_ stage: Body.Type) -> Any.Type { Body.Output.self }
    func isPackable<Body: SourceStage>(_ stage: Body.Type) -> Bool { Body.Output.self is any PackableSample.Type }
    var provided: Any.Type = Source.self
    for (index, stage) in stages.enumerated() {
      let wanted = input(stage.type)
      guard wanted == provided else {
        let before = index == 0 ? "the start of a pipeline gives" : "stage '\(stages[index - 1].id)' gives"
        return (index, "stage '\(stage.id)' takes \(wanted), but \(before) \(provided)")
      }
      provided = output(stage.type)
    }
    guard let last = stages.last, isPackable(last.type) else {
      return (
        max(0, stages.count - 1), "the stages on videos end with \(provided); a stage that makes crops must follow"
      )
    }
    return nil
  }
}

/// A fault of dfprep itself, never of its input.
package struct InternalFault: Error, CustomStringConvertible {
  package let message: String
  package init(_ message: String) { self.message = message }
  package var description: String { "internal fault: \(message)" }
}
