/** Every function that a floating-point meaning of spec/isa can name. */
export * from "./add";
export * from "./multiply";
export * from "./divide";
export * from "./fma";
export * from "./compare";
export * from "./convert";
export * from "./integral";
export { box16, box32, unbox16, unbox32 } from "./nan";
