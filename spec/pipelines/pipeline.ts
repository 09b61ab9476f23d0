/** What a pipeline file is: a value for each parameter of spec/timing-layout.ts, with where it comes from. */
export interface PipelineFile {
  readonly name: string;
  readonly doc: string;
  readonly parameters: Readonly<Record<string, readonly [value: number, source: string]>>;
}
