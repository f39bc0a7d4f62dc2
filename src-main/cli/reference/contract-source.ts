/** What the sources of the contract say beside what their schemas do: comments, and the types of answers. */
import { join } from 'node:path';
import ts from 'typescript';

const contractFolder = join(import.meta.dirname, '../../contract');

export interface Documented {
  name: string;
  /** The comment before it, in one line; '' where there is none. */
  comment: string;
  /** Its type as it is written in the source. */
  type: string;
}

/** Where a schema stands in the sources, to be followed into its parts side by side with the schema itself. */
export interface SourcePlace {
  /** Of an object's property by this name. */
  commentOf: (name: string) => string;
  /** The place of a part: an object's `entries`, the `item` of an array, what is `wrapped`, one of `options`. */
  part: (...path: string[]) => SourcePlace;
}

export class ContractSource {
  readonly #checker: ts.TypeChecker;
  readonly #exports: Map<string, ts.Symbol>;
  readonly #anywhere: ts.SourceFile;

  constructor() {
    const index = join(contractFolder, 'index.ts');
    const program = ts.createProgram([index], {
      target: ts.ScriptTarget.ES2023,
      module: ts.ModuleKind.ESNext,
      moduleResolution: ts.ModuleResolutionKind.Bundler,
      allowImportingTsExtensions: true,
      noEmit: true,
      strict: true,
      types: ['node'],
      skipLibCheck: true,
    });
    const file = program.getSourceFile(index);
    if (!file) throw new Error(`The contract is not where it was: ${index}`);
    this.#checker = program.getTypeChecker();
    this.#anywhere = file;
    const module = this.#checker.getSymbolAtLocation(file);
    if (!module) throw new Error('The contract exports nothing.');
    this.#exports = new Map(
      this.#checker.getExportsOfModule(module).map((symbol) => [
        symbol.name,
        // What is passed on stands for what it was declared as.
        symbol.flags & ts.SymbolFlags.Alias ? this.#checker.getAliasedSymbol(symbol) : symbol,
      ]),
    );
  }

  /** The members of an interface, with those that it extends. */
  membersOf(name: string): Documented[] {
    const symbol = this.#exported(name);
    return this.#checker
      .getPropertiesOfType(this.#checker.getDeclaredTypeOfSymbol(symbol))
      .map((member) => this.#documented(member));
  }

  /** The place of an exported value. */
  placeOf(name: string): SourcePlace {
    return this.#place(this.#checker.getTypeOfSymbol(this.#exported(name)));
  }

  /** Exported types, with constants that are lists of names, that a text of types names; and those that they name in turn. */
  typesNamedIn(texts: readonly string[]): Documented[] {
    const found = new Map<string, Documented>();
    const waiting = [...texts];
    for (let text = waiting.pop(); text !== undefined; text = waiting.pop()) {
      for (const [name] of text.matchAll(/\b[A-Za-z]\w*\b/g)) {
        const declaration = found.has(name) ? undefined : this.#typeDeclaration(name);
        if (!declaration) continue;
        const type = declaration.getText().replace(/^export /, '');
        const comment = this.#commentOf(this.#exported(name));
        found.set(name, { name, comment, type });
        waiting.push(type);
      }
    }
    return [...found.values()].sort((a, b) => a.name.localeCompare(b.name, 'en'));
  }

  #typeDeclaration(name: string): ts.Node | undefined {
    return this.#exports
      .get(name)
      ?.declarations?.find((each) => ts.isInterfaceDeclaration(each) || ts.isTypeAliasDeclaration(each));
  }

  #exported(name: string): ts.Symbol {
    const symbol = this.#exports.get(name);
    if (!symbol) throw new Error(`The contract does not export ${name}.`);
    return symbol;
  }

  #documented(symbol: ts.Symbol): Documented {
    const declaration = symbol.declarations?.[0];
    const type = declaration && ts.isPropertySignature(declaration) ? declaration.type?.getText() : undefined;
    return { name: symbol.name, comment: this.#commentOf(symbol), type: type ?? 'unknown' };
  }

  #commentOf(symbol: ts.Symbol): string {
    const parts = symbol.getDocumentationComment(this.#checker);
    return ts.displayPartsToString(parts).replaceAll(/\s+/g, ' ').trim();
  }

  #place(type: ts.Type | undefined): SourcePlace {
    return {
      commentOf: (name) => {
        const property = type && this.#checker.getPropertyOfType(type, name);
        return property ? this.#commentOf(property) : '';
      },
      part: (...path) => {
        let at = type;
        for (const name of path) {
          const property = at && this.#checker.getPropertyOfType(at, name);
          at = property && this.#checker.getTypeOfSymbolAtLocation(property, this.#anywhere);
        }
        return this.#place(at);
      },
    };
  }
}
