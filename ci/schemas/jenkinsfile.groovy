// Reads a declarative Jenkinsfile with Groovy's own compiler and walks through it as Jenkins' documentation has it:
// which sections and options may stand where, and what each of them must have. What Jenkins takes beyond what the
// example needs is refused here; whoever uses more of it adds it to the table.
//
//   groovy ci/schemas/jenkinsfile.groovy FILE
import org.codehaus.groovy.ast.CodeVisitorSupport
import org.codehaus.groovy.ast.builder.AstBuilder
import org.codehaus.groovy.ast.expr.*
import org.codehaus.groovy.ast.stmt.*
import org.codehaus.groovy.control.CompilePhase

// Section → what may stand in it; `!` must. Steps have no block: their arguments are listed, `*` for one without a name.
sections = [
  ''       : ['pipeline!'],
  pipeline : ['agent!', 'stages!', 'post', 'options', 'environment'],
  agent    : ['docker', 'label'],
  docker   : ['image!', 'args'],
  stages   : ['stage!'],
  stage    : ['steps!', 'post', 'when'],
  steps    : ['sh', 'junit', 'archiveArtifacts', 'echo'],
  post     : ['always', 'success', 'failure'],
]
conditions = ['always', 'success', 'failure']  // of post: blocks of steps
leaves = [
  sh: ['*', 'script', 'label'], junit: ['*', 'testResults', 'allowEmptyResults'], echo: ['*', 'message'],
  archiveArtifacts: ['*', 'artifacts', 'allowEmptyArchive', 'fingerprint'], image: ['*'], args: ['*'], label: ['*'],
]
wrong = []

def complain(node, String text) { wrong << "${file}:${node.lineNumber}:${node.columnNumber}: ${text}" }

List calls(BlockStatement block, String section) {
  block.statements.collect { statement ->
    def call = statement instanceof ExpressionStatement || statement instanceof ReturnStatement ? statement.expression : null
    if (call instanceof MethodCallExpression) return call
    complain(statement, "a declarative ${section ?: 'file'} has sections and steps only")
    null
  }.findAll { it != null }
}

void check(BlockStatement block, String section) {
  def known = conditions.contains(section) ? sections.steps : sections[section]
  def found = calls(block, section)
  found.each { call ->
    def name = call.methodAsString
    if (!known.any { it - '!' == name }) {
      complain(call, "'${name}' may not stand in ${section ?: 'a Jenkinsfile'}; expected one of ${known*.minus('!').join(', ')}")
      return
    }
    def given = call.arguments instanceof TupleExpression ? call.arguments.expressions : [call.arguments]
    def body = given.find { it instanceof ClosureExpression }
    if (sections.containsKey(name) || conditions.contains(name)) {
      if (body == null) complain(call, "'${name}' needs a block")
      else check(body.code, name)
      if (name == 'stage' && !(given[0] instanceof ConstantExpression)) complain(call, "a stage needs a name")
      return
    }
    def names = given.collectMany { it instanceof MapExpression ? it.mapEntryExpressions*.keyExpression*.text : ['*'] }
    if (names.empty) complain(call, "'${name}' needs an argument")
    (names - leaves[name]).each { complain(call, "'${name}' has no argument '${it}'") }
  }
  known.findAll { it.endsWith('!') }.each { must ->
    if (!found.any { it.methodAsString == must - '!' }) complain(block, "${section ?: 'the file'} has no ${must - '!'}")
  }
}

file = args[0]
try {
  check(new AstBuilder().buildFromString(CompilePhase.CONVERSION, true, new File(file).text)[0], '')
} catch (org.codehaus.groovy.control.CompilationFailedException error) {
  wrong << error.message
}
wrong.each { println it }
System.exit(wrong.empty ? 0 : 1)
