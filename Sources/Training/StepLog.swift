/// What one step came to, as a row of text.
package enum StepLog {
  package static let header = "expert,seed,epoch,step,learning_rate,loss,ce,nce,kl,gradient_norm"

  static func row(
    _ expert: String, seed: UInt64, epoch: Int, step: Int, rate: Double, _ losses: StepLosses, norm: Double
  ) -> String {
    let numbers = [rate, losses.total, losses.ce, losses.nce, losses.kl, norm].map { $0.map { "\(Float($0))" } ?? "" }
    return "\(expert),\(seed),\(epoch),\(step)," + numbers.joined(separator: ",")
  }
}

/// The losses of a step, each before its weight; `nil` where it was not computed.
struct StepLosses {
  var total = 0.0
  var ce: Double?
  var nce: Double?
  var kl: Double?
}
